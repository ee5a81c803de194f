-- What was said, why it was answered so, and what it cost.
--
-- Only TEXT, BIGINT and DOUBLE PRECISION, so that the same files serve SQLite and PostgreSQL.
-- Times are milliseconds since 1970 (UTC). Ids are UUIDs of version 7, which sort by time. JSON is
-- kept as TEXT and read by the program alone.

-- A conversation is little more than a name for its turns: its title, length and time of last use
-- are read off them, so that recording a turn never has to change this row.
CREATE TABLE conversations (
    id         TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- One row a turn: the message of the person, the answer, and the decision with the signals it rests
-- on. Both messages share the row, because they are written together and read together, and one
-- insert is half the work of two.
CREATE TABLE turns (
    -- The answer's id: feedback is given on it.
    message_id        TEXT   NOT NULL PRIMARY KEY,
    conversation_id   TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    request_id        TEXT   NOT NULL,
    user_message_id   TEXT   NOT NULL,
    -- Absent where a turn brought no new message of the person.
    question          TEXT,
    answer            TEXT   NOT NULL,
    -- The columns worth counting by; the whole object, with reasons, sources and timings, is in
    -- `outcome`.
    route             TEXT   NOT NULL,
    confidence        DOUBLE PRECISION NOT NULL,
    model             TEXT   NOT NULL,
    outcome           TEXT   NOT NULL,
    signals           TEXT   NOT NULL,
    -- What the answering model read and wrote, where one did and said so.
    prompt_tokens     BIGINT,
    completion_tokens BIGINT,
    -- When the question came, and when the answer was whole.
    asked_at          BIGINT NOT NULL,
    created_at        BIGINT NOT NULL
);

-- A conversation is read in the order of its turns. Two turns of the same millisecond keep their
-- order by the answers' ids.
CREATE INDEX turns_by_conversation ON turns (conversation_id, created_at);

-- What upstreams were paid. It refers to no conversation on purpose: deleting a conversation must
-- not make money look unspent.
CREATE TABLE usage (
    message_id        TEXT   NOT NULL PRIMARY KEY,
    upstream          TEXT   NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cost_usd          DOUBLE PRECISION NOT NULL,
    created_at        BIGINT NOT NULL
);

-- "Spent since" is asked before every escalation: this index answers it without touching the table.
CREATE INDEX usage_by_time ON usage (created_at, cost_usd);

-- What people thought of an answer: one opinion an answer, a later one replaces it.
CREATE TABLE feedback (
    message_id TEXT   NOT NULL PRIMARY KEY REFERENCES turns (message_id) ON DELETE CASCADE,
    rating     BIGINT NOT NULL,
    comment    TEXT,
    created_at BIGINT NOT NULL
);
