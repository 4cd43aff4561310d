-- The ledger of consent only grows.
CREATE TRIGGER before_consent_update BEFORE UPDATE ON consents
FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'consents_are_immutable'
