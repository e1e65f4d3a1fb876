# Completion of sg for fish. Load it with: sg completion fish | source
# or keep it: sg completion fish > ~/.config/fish/completions/sg.fish
function __sg_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete -- $words "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c sg -e
complete -c sg -f -a '(__sg_complete)'
