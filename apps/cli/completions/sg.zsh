#compdef sg
# Completion of sg for zsh. Load it with: source <(sg completion zsh)
# or keep it as a file _sg in a folder of $fpath.
_sg() {
  local line files
  local -a candidates
  for line in "${(@f)$("${(Q)words[1]}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      files=1
    elif [[ -n $line ]]; then
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done
  if [[ -n $files ]]; then
    _files
  elif (( $#candidates )); then
    _describe -t sg sg candidates
  fi
}
if [[ $funcstack[1] == _sg ]]; then _sg "$@"; else compdef _sg sg; fi
