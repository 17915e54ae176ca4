"""The panels around the stage: each is handed plain records, and emits plain signals."""
