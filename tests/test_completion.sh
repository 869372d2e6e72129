#!/bin/bash
# Completions: what bash, zsh and fish offer once they have read what --completion prints. zsh and fish are asked when
# they are there.
. tests/lib/shell.sh

for shell in bash zsh fish; do
	wirestat --completion $shell
	check "--completion $shell" all_of 'has_status 0' 'is_empty err' '[ -s "$work/out" ]'
	cp "$work/out" "$work/wirestat.$shell"
done
wirestat --completion tcsh
check 'of no other shell' all_of 'has_status 2' 'is_empty out' 'err_has "bash, zsh or fish"'

# ---- bash -----------------------------------------------------------------------------------------------------------

# offers WORD...: what bash offers in place of the last word, which may be empty. Words are broken at = as readline does.
offers() {
	bash --norc --noprofile -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		compopt() { :; }
		_wirestat wirestat
		printf "%s\n" "${COMPREPLY[@]}"' bash "$work/wirestat.bash" wirestat "$@" | sort | xargs
}

# is_offered EXPECTED WORD...
is_offered() {
	local expected=$1
	shift
	check "bash: wirestat $*" [ "$(offers "$@")" = "$expected" ]
}

check 'bash: reads it' bash -n "$work/wirestat.bash"
check 'bash: is told of it' eval \
	'[ "$(bash --norc -c ". $work/wirestat.bash; complete -p wirestat")" = "complete -F _wirestat wirestat" ]'
is_offered 'always auto never' --color ''
is_offered 'always auto' --color a
is_offered 'always auto never' --color =
is_offered 'never' --color = n
is_offered 'alert info note warn' audit --fail-on ''
is_offered 'netstat' --as n
is_offered 'bash' --completion b
is_offered 'table top' t
is_offered 'audit' aud
is_offered '' events ev
is_offered 'simultaneous-close' findings simultaneous-c
is_offered '--json' findings --js
is_offered '--every' count --ev
is_offered '--evidence' events --ev
is_offered '' --at ''
is_offered "$work/wirestat.bash" -r "$work/wirestat.b"
is_offered "$work/wirestat.bash" --read = "$work/wirestat.b"

# All options of the help, each at one view at least, and no other.
for view in table count events audit ladder top findings; do offers $view -; done | tr ' ' '\n' | grep -e -- | sort -u >"$work/offered"
wirestat --help
grep -oE '^  (-., |    )--[a-z-]+' "$work/out" | grep -oE -e '--[a-z-]+' | sort -u >"$work/known"
check 'bash: the options of the help' all_of '[ -s "$work/known" ]' 'diff "$work/known" "$work/offered"'
for view in table count events audit ladder top; do offers $view -; done | tr ' ' '\n' | grep -xE -e '-.' | sort -u >"$work/offered"
grep -oE '^  -., ' "$work/out" | tr -d ' ,' | sort -u >"$work/known"
check 'bash: and its letters' all_of '[ -s "$work/known" ]' 'diff "$work/known" "$work/offered"'

# Words that are offered are understood.
for option in --color --fail-on --as --direction --completion; do
	for word in $(offers $option ''); do
		wirestat $option "$word" --help
		check "understood: $option $word" has_status 0
	done
done

# An option that a view does not take is not offered for it.
for view in table count events audit ladder findings; do
	for option in $(offers $view --); do
		wirestat $view "$option" 2>/dev/null
		! err_has 'means nothing' || fail "$view takes $option"
	done
done
pass 'offered options mean something to their views'

# ---- zsh ------------------------------------------------------------------------------------------------------------

# A shell in a terminal of its own, into which words and a tab are typed.
write_typist() {
	cat <<-'END'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "PS1='> '; fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u; zstyle ':completion:*' list-colors; echo REA''DY"
		while zpty -r shell line; do [[ $line == *READY* ]] && break; done
		zpty -w -n shell "$2"$'\t'
		sleep 1
		zpty -w -n shell $'\C-a\C-k'
		zpty -w shell 'echo EN''D'
		while zpty -r shell line; do print -rn -- "$line"; [[ $line == *END* ]] && break; done
		zpty -d shell
	END
}

# zsh_completes WORDS WHAT: WHAT appears when a tab is typed behind WORDS.
zsh_completes() {
	timeout 20 zsh -f "$work/typist" "$work/site" "$1" 2>&1 | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr -d '\r\a\b' >"$work/out"
	check "zsh: $1" grep -qF -- "$2" "$work/out"
}

if command -v zsh >/dev/null; then
	write_typist >"$work/typist"
	mkdir "$work/site"
	cp "$work/wirestat.zsh" "$work/site/_wirestat"
	check 'zsh: reads it' zsh -n "$work/wirestat.zsh"
	zsh_completes 'wirestat audit --fail-on w' 'wirestat audit --fail-on warn'
	zsh_completes 'wirestat findings syn-ack-wr' 'wirestat findings syn-ack-wrong-ack'
	zsh_completes 'wirestat tab' 'wirestat table'
	zsh_completes 'wirestat --listen' 'wirestat --listening'
else
	skip 'zsh' 'zsh is not there'
fi

# ---- fish -----------------------------------------------------------------------------------------------------------

fish_offers() { # EXPECTED LINE
	local offered
	offered=$(HOME=$work fish --no-config -c "source $work/wirestat.fish; complete -C '$2'" | cut -f 1 | sort | xargs)
	check "fish: $2" [ "$offered" = "$1" ]
}

if command -v fish >/dev/null; then
	check 'fish: reads it' fish --no-execute "$work/wirestat.fish"
	fish_offers 'always auto never' 'wirestat --color '
	fish_offers 'alert' 'wirestat audit --fail-on al'
	fish_offers '--every' 'wirestat count --ev'
	fish_offers '--evidence' 'wirestat events --ev'
	fish_offers 'table' 'wirestat ta'
	fish_offers 'simultaneous-close' 'wirestat findings simultaneous-c'
	fish_offers '' 'wirestat events ta'
else
	skip 'fish' 'fish is not there'
fi

conclude
