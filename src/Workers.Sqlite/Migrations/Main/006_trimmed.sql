-- Up to which place retention has deleted a topic's records: who goes on from before it has missed some.
CREATE TABLE log_trimmed(topic INTEGER PRIMARY KEY, upto INTEGER NOT NULL);
