-- One index by lane for open and finished jobs, instead of one for each. "Open" is told by finished_at, because
-- SQLite builds a list of three states afresh for every row it inserts.
DROP INDEX outbox_job_lane;
DROP INDEX outbox_job_subject;
CREATE INDEX outbox_job_lane ON outbox_job (owner, lane, finished_at, position);
