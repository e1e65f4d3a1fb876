# Completion of sg for bash. Load it with: source <(sg completion bash)
_sg() {
  # Bash cuts words at ":" and "=": what stood together is put together again.
  local rest=${COMP_LINE:0:COMP_POINT} before word i files=
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -z $word || $rest != *"$word"* ]]; then
      # Nothing yet, or a word that goes on behind the cursor.
      before=$rest word=${rest##*[[:space:]]} rest=
    else
      before=${rest%%"$word"*} rest=${rest#*"$word"}
    fi
    if ((i == 0)) || [[ $before == *[[:space:]]* ]]; then
      words+=("$word")
    else
      words[${#words[@]} - 1]+=$word
    fi
  done
  local current=${words[${#words[@]} - 1]} cut=
  [[ $current == *[=:]* ]] && cut=${current%"${current##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    if [[ $word == :files ]]; then
      files=1
    else
      COMPREPLY+=("$(printf %q "${word#"$cut"}")")
    fi
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
  [[ -n $files ]] && compopt -o default 2>/dev/null
  return 0
}
complete -F _sg sg
