#!/usr/bin/env bash
# Make one video by the call that waits: the reply has its URL.
#   blocking.sh BODY.json CLIP.mp4
set -euo pipefail

reply=$(curl -sS --fail-with-body "$BASE/ai/videos/generate" \
  -H "Authorization: Bearer $OXEN_API_KEY" -H "Content-Type: application/json" -d @"$1")
echo "made $reply"

curl -sS --fail -o "$2" "$(jq -r '.videos[0].url' <<<"$reply")"
