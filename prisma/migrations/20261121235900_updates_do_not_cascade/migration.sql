-- No key ever changes, so nothing has to follow it. Citus refuses a foreign key that cascades updates and contains the column
-- tables are distributed by, which is in all of ours.
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT conrelid::regclass AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint
     WHERE contype = 'f' AND confupdtype = 'c' AND connamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found."table", found.name);
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', found."table", found.name,
      replace(found.definition, ' ON UPDATE CASCADE', ''));
  END LOOP;
END $$;
