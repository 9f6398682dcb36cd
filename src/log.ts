import { type DestinationStream, pino } from 'pino';
import { loggable } from './http/problem.js';

/** Faults by name, message and stack alone: those of Redis hold what it was asked with, and people stand in that. */
export const createLog = (level: string, to: DestinationStream) =>
  pino({ level, serializers: { err: loggable } }, to);
