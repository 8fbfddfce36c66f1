-- Names this log. A backup gets another one: what is written after it was taken is not what the places that clients know lie in.
ALTER TABLE installation ADD COLUMN log BLOB;
UPDATE installation SET log = randomblob(8);
