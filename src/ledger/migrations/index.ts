import { jobs } from './001-jobs.ts'
import { links } from './002-links.ts'
import type { Migration } from './migration.ts'

/** Every migration in order: the one at index i has number i + 1. */
export const migrations: readonly Migration[] = [jobs, links]
