-- Whether a turn may teach a model: decided when it is recorded, from what its request said and from
-- what the owner had configured then. Nobody was asked before there was this column.
ALTER TABLE turns ADD COLUMN training_consent TEXT NOT NULL DEFAULT 'no';
