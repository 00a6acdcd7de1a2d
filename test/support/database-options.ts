/** What a database of SQLite is opened with that is looked at by itself, without a store around it. */
export const DATABASE = {
  synchronous: 'normal',
  ...{ entityBytes: 100_000, cacheKib: 2_000, statementChars: 100_000 },
  ...{ knownRids: 100_000, knownStates: 1_000, knownAnswers: 100_000 },
} as const
