import type { HistoryEvent } from './history.js';

export type RuntimeStatus =
  'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

/** One orchestration instance. `input`, `output` and `customStatus` are JSON text. Times are ms. */
export interface InstanceRecord {
  readonly id: string;
  readonly seq: number;
  name: string;
  executionId: string;
  status: RuntimeStatus;
  input: string | null;
  output: string | null;
  customStatus: string | null;
  parentId: string | null;
  createdAt: number;
  updatedAt: number;
  /** Names of the events from outside that it waits for; null before its first step has told. */
  awaits: readonly string[] | null;
}

/** Something an instance has yet to learn. `executionId` null: for whichever run is the current one. */
export interface Message {
  readonly seq: number;
  readonly instanceId: string;
  readonly executionId: string | null;
  /** 0 the start of a run, 1 what the previous run did not use, 2 all else. */
  readonly rank: number;
  readonly event: HistoryEvent;
}

/** An activity to be run. `input` is JSON text or null. */
export interface Task {
  readonly seq: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string | null;
}

export interface Timer {
  readonly instanceId: string;
  readonly executionId: string;
  readonly timerId: number;
  readonly dueAt: number;
  readonly fireAt: string;
}

export interface Waiter {
  readonly parentId: string;
  readonly parentExecutionId: string;
  readonly taskId: number;
}

export interface EntityRequest {
  readonly seq: number;
  readonly entityId: string;
  readonly op: string;
  readonly input: string | null;
  readonly signal: boolean;
  /** Who waits for the answer, under which event name. */
  readonly parentId: string | null;
  readonly parentExecutionId: string | null;
  readonly id: string;
}

export interface Schedule {
  readonly lastAt: number;
  readonly nextAt: number;
}

export interface InstanceQuery {
  readonly afterSeq?: number;
  readonly top?: number;
  readonly statuses?: readonly string[];
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly idPrefix?: string;
}

export const hasEnded = (status: RuntimeStatus): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Terminated';
