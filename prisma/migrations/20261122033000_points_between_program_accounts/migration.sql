-- Why: a refund takes points back that had already expired: no balance moves, and the books say that what had expired was
--   taken back (expired -> reversed). The same order earning again puts them back where they were (issued -> expired), and sets
--   what the shop had borne for it against what it earns (issued -> forgiven). docs/decisions/013-points-that-had-expired.md
-- Lock: dropping and adding the constraint takes ACCESS EXCLUSIVE on "points_transfer" for an instant; VALIDATE reads the table
--   under SHARE UPDATE EXCLUSIVE, which settlement does not wait for.
-- Roll forward: the old list again would refuse rows that are there; fix in a later migration instead.
ALTER TABLE "points_transfer" DROP CONSTRAINT "points_transfer_accounts";
ALTER TABLE "points_transfer" ADD CONSTRAINT "points_transfer_accounts" CHECK (
  ("from_account", "to_account") IN (
    ('issued', 'pending'), ('issued', 'available'), ('pending', 'available'),
    ('available', 'held'), ('held', 'available'), ('held', 'redeemed'), ('redeemed', 'available'),
    ('pending', 'reversed'), ('available', 'reversed'), ('available', 'expired'), ('expired', 'available'),
    ('adjusted', 'available'), ('available', 'adjusted'), ('pending', 'adjusted'),
    ('forgiven', 'available'), ('available', 'donated'),
    ('available', 'merged'), ('merged', 'available'), ('pending', 'merged'), ('merged', 'pending'),
    ('held', 'merged'), ('merged', 'held'),
    ('expired', 'reversed'), ('issued', 'expired'), ('issued', 'forgiven'))) NOT VALID;
ALTER TABLE "points_transfer" VALIDATE CONSTRAINT "points_transfer_accounts";
