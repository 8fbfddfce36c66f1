-- A head stays when retention deletes its entries (trimmed), and names the day of its partition that came before it, so that a whole day that is taken out is missed.
ALTER TABLE audit_heads ADD COLUMN previous INTEGER;
ALTER TABLE audit_heads ADD COLUMN trimmed INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER audit_is_never_deleted;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.day = OLD.day AND h.topic = OLD.topic AND h.part = OLD.part AND h.trimmed = 1)
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
