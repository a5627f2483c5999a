#!/usr/bin/env bash
# Enqueue one video, and ask every few moments until it has succeeded, failed or been cancelled.
#   poll.sh BODY.json CLIP.mp4
set -euo pipefail

reply=$(curl -sS --fail-with-body "$BASE/ai/queue" \
  -H "Authorization: Bearer $OXEN_API_KEY" -H "Content-Type: application/json" -d @"$1")
echo "enqueued $reply"
id=$(jq -r '.generations[0].generation_id' <<<"$reply")

while true; do
  row=$(curl -sS --fail-with-body "$BASE/ai/queue/$id" -H "Authorization: Bearer $OXEN_API_KEY")
  echo "row $(jq -c . <<<"$row")"
  case $(jq -r '.status' <<<"$row") in
    succeeded) break ;;
    failed | cancelled) jq -r '.error_message' <<<"$row" >&2; exit 1 ;;
  esac
  sleep "$POLL_SECONDS"
done

curl -sS --fail -o "$2" "$(jq -r '.result_url' <<<"$row")"
