/** Version 1 of the state: one row per thing that has to outlive the process. Times are milliseconds. */
export const initial = `
CREATE TABLE instances (
  id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  status TEXT NOT NULL,
  input TEXT,
  output TEXT,
  custom_status TEXT,
  parent_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX instances_in_order ON instances (seq);

CREATE TABLE steps (
  instance_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (instance_id, step)
) STRICT;

CREATE TABLE messages (
  seq INTEGER PRIMARY KEY,
  instance_id TEXT NOT NULL,
  execution_id TEXT,
  rank INTEGER NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX messages_of_instance ON messages (instance_id, rank, seq);

CREATE TABLE tasks (
  instance_id TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  task_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  input TEXT,
  PRIMARY KEY (instance_id, execution_id, task_id)
) STRICT;

CREATE TABLE timers (
  instance_id TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  timer_id INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  fire_at TEXT NOT NULL,
  PRIMARY KEY (instance_id, execution_id, timer_id)
) STRICT;

CREATE TABLE waiters (
  child_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  parent_execution_id TEXT NOT NULL,
  task_id INTEGER NOT NULL,
  PRIMARY KEY (child_id, parent_id, parent_execution_id, task_id)
) STRICT;

CREATE TABLE entities (
  id TEXT PRIMARY KEY,
  state TEXT
) STRICT;

CREATE TABLE requests (
  seq INTEGER PRIMARY KEY,
  entity_id TEXT NOT NULL,
  request TEXT NOT NULL
) STRICT;
CREATE INDEX requests_of_entity ON requests (entity_id, seq);

CREATE TABLE schedules (
  function_name TEXT PRIMARY KEY,
  last_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL
) STRICT;
`;
