-- Settling orders again stops when another program goes live meanwhile. Locks: resettlement_run, which is small, for a moment.
-- Roll forward: only.
ALTER TABLE "resettlement_run"
  DROP CONSTRAINT "resettlement_run_state_check",
  ADD CONSTRAINT "resettlement_run_state_check"
    CHECK (state IN ('previewing', 'previewed', 'applying', 'done', 'discarded', 'stopped'));
