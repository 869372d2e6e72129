#!/bin/bash
# audit --sarif: valid by the schema of SARIF 2.1.0 where one can be had (npm), and by what the standard asks for where the
# schema cannot tell; and it says what the audit says as NDJSON.
. tests/lib/shell.sh
. tests/lib/packets.sh

command -v jq >/dev/null || { echo 'there is no jq here' && exit 77; }

# The schema of the final standard stands in a package of Microsoft's, ajv reads it. Fetched once for a build.
modules=$(realpath -m "${B:-build}")/sarif
has_schema() {
	command -v node >/dev/null && command -v npm >/dev/null || return 1
	[ ! -d "$modules/node_modules/ajv" ] || [ ! -d "$modules/node_modules/@microsoft/jest-sarif" ] || return 0
	[ -z "${NO_SETUP:-}" ] || return 1
	mkdir -p "$modules" && (cd "$modules" && echo '{"private":true}' >package.json &&
		timeout 60 npm install --silent --no-audit --no-fund --no-save ajv@6 @microsoft/jest-sarif >"$work/npm" 2>&1)
}

cat >"$work/validate.js" <<'END'
const ajv = new (require('ajv'))({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore', logger: false });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const fs = require('fs');
const schema = JSON.parse(fs.readFileSync(process.argv[2] + '/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
const validate = ajv.compile(schema);
if (!validate(JSON.parse(fs.readFileSync(process.argv[3])))) {
	console.error(JSON.stringify(validate.errors.slice(0, 5)));
	process.exit(1);
}
END
is_valid() { NODE_PATH=$modules/node_modules node "$work/validate.js" "$modules/node_modules" "$work/out"; }

# What 3.13, 3.14, 3.18, 3.19 and 3.27 require, by their own words.
is_sound() {
	jq -e '.version == "2.1.0" and (."$schema" | endswith("sarif-schema-2.1.0.json")) and (.runs | length == 1)
		and (.runs[0] | . as $run
		| (.tool.driver.name == "wirestat") and (.tool.driver.rules | map(.id) | length == (unique | length))
		and (.results | type == "array")
		and (.results | map(. as $r | ($r.message.text | length > 10)
			and $run.tool.driver.rules[$r.ruleIndex].id == $r.ruleId
			and (if $r.kind == "fail" then ($r.level | IN("note", "warning", "error")) else $r.level == "none" end)
			and ($r.locations | length == 1)
			and ($r.locations[0].physicalLocation.artifactLocation.index as $i | $i == null or $i < ($run.artifacts | length))
			) | all)
		and (.artifacts | map(.location.uri | test("^[A-Za-z0-9%:/._~-]+$")) | all)
		and (.invocations | length == 1) and (.invocations[0].executionSuccessful | type == "boolean"))' "$work/out" >/dev/null
}

schema=no
! has_schema || schema=yes

# sarif WHAT STATUS WORD...
sarif() {
	local what=$1 wanted=$2
	shift 2
	wirestat audit --sarif "$@"
	check "$what: sound" all_of "has_status $wanted" is_sound
	if [ $schema = yes ]; then
		check "$what: valid by the schema" is_valid
	else
		skip "$what: valid by the schema" 'node or npm is not there, or nothing can be fetched'
	fi
}

demo=pcaps/demo.pcap
sarif 'a capture' 0 -r $demo
cp "$work/out" "$work/sarif"
wirestat audit -r $demo --json
check 'the findings of NDJSON, each with its frame and values' eval \
	'[ "$(jq -c ".runs[0].results[] | [.ruleId, .properties.ts, .properties.frame, .properties.side, .properties.expected, .properties.seen, .properties.uid]" "$work/sarif")" = \
	"$(jq -c "select(.type == \"finding\") | [.id, .ts, .frame, .side, .expected, .seen, .uid]" "$work/out")" ]'
check 'rules: the whole catalogue' eval \
	'[ "$(jq -r ".runs[0].tool.driver.rules[].id" "$work/sarif" | sort)" = "$("$WIRESTAT" findings --tsv | tail -n +2 | cut -f 1 | sort)" ]'
check 'rules: the address of the clause' jq -e '.runs[0].tool.driver.rules[] | select(.id == "simultaneous-close")
	| .helpUri == "https://www.rfc-editor.org/rfc/rfc9293#section-3.6"' "$work/sarif"
if [ $schema = yes ]; then
	jq 'del(.runs[0].results[0].message)' "$work/sarif" >"$work/out"
	check 'the schema finds a missing message' eval '! is_valid 2>/dev/null'
fi

sarif 'with --fail-on' 1 -r $demo --fail-on warn
sarif 'several files' 0 -r $demo -r pcaps/real/open-refused-v4.middle.pcap
check 'several files: the second is named' jq -e '.runs[0].results | map(.locations[0].physicalLocation.artifactLocation.index) | unique == [0, 1]' "$work/out" >/dev/null
sarif 'nothing found' 0 -r $demo --ignore "$("$WIRESTAT" findings --tsv | tail -n +2 | cut -f 1 | paste -sd ,)"
check 'nothing found: no result' jq -e '.runs[0].results == []' "$work/out" >/dev/null

"$WIRESTAT" audit -r $demo --write-baseline "$work/list" >/dev/null 2>&1
sarif 'accepted' 0 -r $demo --baseline "$work/list" --fail-on info
check 'accepted: suppressed, not left out' jq -e '.runs[0].results | length > 0 and (map(.suppressions | length == 1) | all)' "$work/out" >/dev/null
check 'accepted: the fingerprint is the line of the baseline' eval \
	'[ "$(jq -r ".runs[0].results[].partialFingerprints[\"finding/v1\"]" "$work/out" | sort -u)" = "$(grep -v "^#" "$work/list")" ]'

cp $demo "$work/odd %name #\"<ä>.pcap"
sarif 'an odd name' 0 -r "$work/odd %name #\"<ä>.pcap"
check 'an odd name: can be read back' eval \
	'[ "$(jq -r ".runs[0].artifacts[0].location.uri" "$work/out" | sed "s,^file://,," | sed "s/%/\\\\x/g" | xargs -0 printf %b)" = "$work/odd %name #\"<ä>.pcap
" ] || [ "$(node -p "decodeURIComponent(process.argv[1])" "$(jq -r ".runs[0].artifacts[0].location.uri" "$work/out")" 2>/dev/null)" = "file://$work/odd %name #\"<ä>.pcap" ]'

head -c 3000 $demo >"$work/cut.pcap"
sarif 'cut short' 3 -r "$work/cut.pcap"
check 'cut short: says so' jq -e '.runs[0].invocations[0] | .executionSuccessful == false and (.toolExecutionNotifications | length == 1)' "$work/out" >/dev/null
sarif 'no such file' 3 -r "$work/nowhere.pcap"
check 'no such file: says so' jq -e '.runs[0].invocations[0].executionSuccessful == false' "$work/out" >/dev/null

{
	pcap_header 1
	for ((i = 0; i <= 150; i++)); do segment $((i * 100000)) c 2 1000 0; done
} >"$work/many.pcap"
sarif 'many of the same' 0 -r "$work/many.pcap" --only syn-retransmitted
check 'many of the same: a hundred, and one for the rest' jq -e \
	'.runs[0].results | length == 101 and (.[100] | .occurrenceCount == 50 and .properties.frame == 151)' "$work/out"

for word in --json --tsv --junit --tap; do
	wirestat audit --sarif $word -r $demo
	check "--sarif $word" all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has --sarif'
done
wirestat table --sarif -r $demo
check '--sarif: of the audit alone' all_of 'has_status 2' 'err_has "--sarif"'

conclude
