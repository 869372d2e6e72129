#!/bin/bash
# The documents are tests: every `$ wirestat ...` in a console block of README.md, and in a literal block of the man page,
# is run on a terminal of 100 columns, and what it shows must be what the document shows. And the man page must know
# every view and option that --help knows, and no other.
# With WS_GOLDEN=rewrite (`make golden`) the blocks are rewritten to what the program shows.
. tests/lib/shell.sh

command -v script >/dev/null || { echo 'script(1) of util-linux is not there' && exit 77; }

mkdir "$work/bin"
ln -s "$WIRESTAT" "$work/bin/wirestat"
page=src/cli/wirestat.1

# show COMMAND: what a person sees, colours left out. Pipes and redirections may stand in it.
show() {
	env PATH="$work/bin:$PATH" COLUMNS=100 NO_COLOR=1 TERM=xterm SHELL=/bin/bash LC_ALL=C.UTF-8 \
		script -qec "$1" /dev/null </dev/null | tr -d '\r'
}

# The console blocks of README.md, and the literal blocks of the man page without its escapes, as they stand;
# a form feed ends a block.
blocks() {
	case $1 in
	*.md) awk '/^```console$/ { inside = 1; next } /^```$/ { if (inside) print "\f"; inside = 0 } inside' "$1" ;;
	*) awk '/^\.Bd -literal/ { inside = 1; next } /^\.Ed/ { if (inside) print "\f"; inside = 0 } inside' "$1" | unescape ;;
	esac
}

# compare DOCUMENT COMMAND: what is expected is in $work/expected.
compare() {
	show "$2" >"$work/shown"
	if diff -u "$work/expected" "$work/shown" >"$work/diff"; then
		pass "$1: $2"
	else
		echo "not ok $1: $2"
		sed 's/^/# /' "$work/diff"
		failures=$((failures + 1))
	fi
}

# Each command in turn: a line "$ ...", and below it what it shows, up to the next command or the end of the block.
check_document() {
	local document=$1 command='' line count=0
	while IFS= read -r line; do
		case $line in
		'$ wirestat'* | '$ make'* | '$ git'* | $'\f')
			[ -z "$command" ] || compare "$document" "$command"
			command=''
			: >"$work/expected"
			case $line in '$ wirestat'*) command=${line#\$ } count=$((count + 1)) ;; esac
			;;
		*) [ -z "$command" ] || printf '%s\n' "$line" >>"$work/expected" ;;
		esac
	done < <(blocks "$document")
	check "$document has examples" [ $count -gt 0 ]
}

# The same document, its blocks with what the program shows now.
rewrite() {
	local document=$1 line inside='' command=''
	while IFS= read -r line; do
		case $line in
		'```console' | '.Bd -literal') inside=1 ;;
		'```' | '.Ed') inside='' command='' ;;
		esac
		if [ -n "$inside" ] && [[ $line == '$ '* ]]; then
			printf '%s\n' "$line"
			command=''
			[[ $line == '$ wirestat'* ]] || continue
			command=${line#\$ }
			if [[ $document == *.md ]]; then
				show "$command"
			else
				show "$(unescape <<<"$command")" | escape
			fi
		elif [ -z "$inside" ] || [ -z "$command" ]; then
			printf '%s\n' "$line"
		fi
	done <"$document" >"$work/rewritten"
	cmp -s "$work/rewritten" "$document" || cat "$work/rewritten" >"$document"
}

# The man page's escapes, away and back.
unescape() { sed -e 's/^\\&//' -e 's/\\-/-/g' -e 's/\\e/\\/g'; }
escape() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\\&&/"; }

# Views and long options that a text names.
words_of_help() {
	wirestat --help
	grep -oE -- '(^| )--[a-z-]+' "$work/out" | tr -d ' '
	awk '/^Views:/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside && /^  [a-z]/ { print $1 }' "$work/out"
}
words_of_page() {
	grep -oE '\.(It|Op)? ?Fl .*' $page | grep -oE 'Fl \\?-[a-z-]+' | sed -e 's/Fl \\\?/-/' -e 's/\\-/-/g'
	sed -nE '/^\.Sh DESCRIPTION/,/^\.Sh OPTIONS/s/^\.It Cm ([a-z]+).*/\1/p' $page
}

# The list of options, one a line: letter or -, name, and the word for its value in small letters or -.
options_of_help() {
	wirestat --help
	sed -nE 's/^  (-(.), |    )--([a-z-]+)( ([A-Z]+))?( .*)?$/\2 \3 \5/p' "$work/out" |
		awk -F '[ ]' '{ print ($1 == "" ? "-" : $1), $2, ($3 == "" ? "-" : tolower($3)) }'
}
options_of_page() {
	sed -n '/^\.Sh OPTIONS/,/^\.Sh /p' $page |
		sed -nE 's/^\.It (Fl ([^ ]) , )?Fl \\?-([a-z-]+)( Ar ([a-z]+))?.*/\2 \3 \5/p' |
		awk -F '[ ]' '{ print ($1 == "" ? "-" : $1), $2, ($3 == "" ? "-" : $3) }'
}

if [ "${WS_GOLDEN:-}" = rewrite ]; then
	rewrite README.md
	rewrite $page
	exit
fi

check_document README.md
check_document $page
words_of_help | sort -u >"$work/help"
words_of_page | sort -u >"$work/page"
check 'the man page has the views and options of --help' eval 'diff "$work/help" "$work/page"'
options_of_help | sort >"$work/help"
options_of_page | sort >"$work/page"
check 'and their letters and values' all_of '[ -s "$work/help" ]' 'diff "$work/help" "$work/page"'
if command -v mandoc >/dev/null; then
	check 'the man page is clean' mandoc -T lint -W warning $page
fi

conclude
