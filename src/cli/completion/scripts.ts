/**
 * What a shell has to read once so that it asks us what may follow. All of them ask `supergloo __complete`, in the words
 * of cobra: a line for each value, a tab before what it means, and last a number of what to do where there is none.
 */
const bash = `# bash completion for supergloo. Read it with: source <(supergloo completion bash)
_supergloo() {
  local line directive=0 cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  [[ $cur == "=" ]] && cur=""
  while IFS= read -r line; do
    if [[ $line =~ ^:[0-9]+$ ]]; then directive="\${line#:}"; continue; fi
    line="\${line%%$'\\t'*}"
    [[ $line == -*=* && $COMP_WORDBREAKS == *=* ]] && line="\${line#*=}"
    [[ $line == "$cur"* ]] && COMPREPLY+=("$line")
  done < <(supergloo __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if (( \${#COMPREPLY[@]} == 0 && (directive & 4) == 0 )); then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
  fi
}
complete -F _supergloo supergloo
`;

const zsh = `#compdef supergloo
# zsh completion for supergloo. Read it with: source <(supergloo completion zsh)
_supergloo() {
  local line directive=0
  local -a lines values
  lines=("\${(@f)$(supergloo __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    if [[ $line == :<-> ]]; then
      directive=\${line#:}
    elif [[ -n $line ]]; then
      line=\${line//:/\\\\:}
      values+=("\${line/$'\\t'/:}")
    fi
  done
  if (( $#values )); then
    _describe supergloo values
  elif (( (directive & 4) == 0 )); then
    _files
  fi
}
if [[ "\${funcstack[1]}" == _supergloo ]]; then _supergloo "$@"; else compdef _supergloo supergloo; fi
`;

const fish = `# fish completion for supergloo. Read it with: supergloo completion fish | source
function __supergloo_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l directive 0
  set -l found 0
  for line in (supergloo __complete $words[2..-1] "$current" 2>/dev/null)
    if string match -qr '^:[0-9]+$' -- $line
      set directive (string sub -s 2 -- $line)
    else
      set found 1
      printf '%s\\n' $line
    end
  end
  if test $found = 0; and test (math "floor($directive / 4) % 2") = 0
    __fish_complete_path "$current"
  end
end
complete -c supergloo -f -a '(__supergloo_complete)'
`;

export const completionScripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = { bash, zsh, fish };
