/** Skips whole files, their hooks among it, where there is no MongoDB server for the run. */

import type { RunnerTestFile, RunnerTestSuite } from 'vitest'
import { inject } from 'vitest'
import { VitestTestRunner } from 'vitest/runners'

type Task = RunnerTestSuite['tasks'][number]

export default class SkippingRunner extends VitestTestRunner {
  onCollected(files: RunnerTestFile[]): void {
    if (inject('mongodb').uri === undefined) for (const file of files) skip(file)
  }
}

function skip(task: Task): void {
  task.mode = 'skip'
  if ('tasks' in task) for (const inner of task.tasks) skip(inner)
}
