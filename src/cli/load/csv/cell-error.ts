/** Why a row is refused. */
export class CellError extends Error {}
