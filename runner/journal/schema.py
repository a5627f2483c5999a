"""The tables of the journal, as steps from each version to the next; version 0 is an empty file."""

from __future__ import annotations

APPLICATION = 0x5265656C  # "Reel"
STEPS = (
    """
CREATE TABLE runs (id TEXT PRIMARY KEY, recipe TEXT NOT NULL, began TEXT NOT NULL, ended TEXT, status TEXT);
CREATE TABLE events (id INTEGER PRIMARY KEY, run TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE preimages (key TEXT PRIMARY KEY, preimage TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE made (
  key TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL, facts TEXT NOT NULL,
  uses TEXT NOT NULL, maker TEXT NOT NULL, took REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE seen (
  recipe TEXT NOT NULL, address TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, labels TEXT NOT NULL,
  state TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (recipe, address, scope)
) WITHOUT ROWID;
CREATE TABLE derived (
  source TEXT NOT NULL, output TEXT NOT NULL, version INTEGER NOT NULL,
  digest TEXT NOT NULL, size INTEGER NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (source, output, version)
) WITHOUT ROWID;
CREATE TABLE delivered (
  path TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL, inode INTEGER NOT NULL,
  changed INTEGER NOT NULL
) WITHOUT ROWID;
""",
    """
ALTER TABLE runs ADD COLUMN spending TEXT;
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, key TEXT NOT NULL, run TEXT NOT NULL,
  spending TEXT NOT NULL, recipe TEXT NOT NULL, address TEXT NOT NULL, uses TEXT NOT NULL,
  output TEXT NOT NULL, tag TEXT NOT NULL, provider TEXT NOT NULL, origin TEXT NOT NULL,
  account TEXT NOT NULL, body TEXT NOT NULL, body_digest TEXT NOT NULL, price TEXT, cost TEXT,
  at TEXT NOT NULL, boot TEXT NOT NULL, intended_at REAL NOT NULL, state TEXT NOT NULL,
  owner TEXT NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, generation_id TEXT, held TEXT,
  message TEXT NOT NULL DEFAULT '', why TEXT, cancelling INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX live_attempts ON attempts (key) WHERE state IN
  ('intent', 'unknown', 'held', 'submitted', 'stalled', 'succeeded', 'fetched', 'abandoned');
CREATE UNIQUE INDEX generations ON attempts (origin, account, generation_id)
  WHERE generation_id IS NOT NULL;
CREATE INDEX attempts_of_keys ON attempts (key);
CREATE INDEX attempts_of_runs ON attempts (spending);
CREATE INDEX made_digests ON made (digest);
CREATE TABLE uploads (
  route TEXT NOT NULL, digest TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (route, digest)
) WITHOUT ROWID;
""",
)
"""What to execute on a journal of version 0, 1, …"""

VERSION = len(STEPS)
