#!/usr/bin/env bash
# Enqueue one video, and then listen to the event stream, line by line, until the event of that video.
#   stream.sh BODY.json CLIP.mp4
set -euo pipefail

reply=$(curl -sS --fail-with-body "$BASE/ai/queue" \
  -H "Authorization: Bearer $OXEN_API_KEY" -H "Content-Type: application/json" -d @"$1")
echo "enqueued $reply"
id=$(jq -r '.generations[0].generation_id' <<<"$reply")

exec 3< <(exec curl -sSN "$BASE/events" -H "Authorization: Bearer $OXEN_API_KEY" -H "Accept: text/event-stream")
listener=$!
while IFS= read -r line <&3; do
  case $line in
    "event: "*) event=${line#event: } ;;
    "data: "*)
      data=${line#data: }
      if [ "$event" = media_generation_completed ] && [ "$(jq -r .generation_id <<<"$data")" = "$id" ]; then
        break
      fi
      ;;
  esac
done
kill "$listener"
echo "event $data"
[ "$(jq -r .status <<<"$data")" = succeeded ]

curl -sS --fail -o "$2" "$(jq -r '.url' <<<"$data")"
