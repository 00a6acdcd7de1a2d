/** Why an export or an import cannot go on; the message is for the one who typed the command. */
export class TransferError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransferError'
  }
}
