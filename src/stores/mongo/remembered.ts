/** Milliseconds for which it is remembered of what is gone that it was there: longer than anybody moves it a second time. */
export const REMEMBERED = 3_600_000
