/** Every setting in one table: the reference (docs/configuration.md), the checks and the typed tree are made from it. */

export type SettingKind = 'text' | 'integer' | 'bytes' | 'duration' | 'list' | 'choice'

export interface Setting {
  readonly name: string
  readonly kind: SettingKind
  /** As it would be written; undefined where there is none. */
  readonly default: string | undefined
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly description: string
}

function setting(
  name: string,
  kind: SettingKind,
  fallback: string | undefined,
  description: string,
  bounds: Pick<Setting, 'choices' | 'min' | 'max'> = {},
): Setting {
  return { name: `BOYA_${name}`, kind, default: fallback, description, ...bounds }
}

const tolerances = ['ld-json-without-context', 'merge-patch-on-post', 'context-in-json-body']

export const settings: readonly Setting[] = [
  setting(
    'HOST',
    'text',
    '127.0.0.1',
    'Address to listen on. `0.0.0.0` is all of the machine (the Docker image sets it).',
  ),
  setting('PORT', 'integer', '1026', 'Port to listen on; `0` takes a free one.', { min: 0, max: 65_535 }),
  setting(
    'PUBLIC_URL',
    'text',
    undefined,
    'Origin at which clients reach Boya, such as `https://broker.example.org`; for the URLs of @contexts that Boya hosts. Default: the address it listens on.',
  ),
  setting(
    'STORE',
    'text',
    'sqlite:./data',
    'Where entities are kept: `sqlite:` and a folder, or `sqlite::memory:` to keep nothing.',
  ),
  setting(
    'SQLITE_SYNCHRONOUS',
    'choice',
    'full',
    '`full`: what is acknowledged survives a power cut. `normal`: it survives a crash of Boya, a power cut may take the last moments.',
    { choices: ['full', 'normal'] },
  ),
  setting(
    'OUTBOUND',
    'list',
    undefined,
    'Where Boya may send requests to (@contexts): `public`, `private` (private networks and this machine, too), or a list of networks such as `10.1.0.0/16`, which are allowed beside the public ones. Link-local and metadata addresses never. Default: `private` while Boya listens on a loopback address, else `public`.',
  ),
  setting(
    'CORS_ORIGINS',
    'list',
    undefined,
    'Origins whose pages may call Boya, separated by commas; `*` is any. Default: none.',
  ),
  setting('LOG_LEVEL', 'choice', 'info', 'What is logged.', { choices: ['debug', 'info', 'warn', 'error', 'silent'] }),
  setting(
    'LOG_FORMAT',
    'choice',
    'auto',
    '`json`: a JSON object a line. `pretty`: for people. `auto`: pretty on a terminal.',
    { choices: ['auto', 'json', 'pretty'] },
  ),
  setting('CONTEXT_DEFAULT', 'text', undefined, 'URL of the user @context of requests that bring none (5.5.5).'),
  setting(
    'CONTEXTS_PRELOAD',
    'text',
    undefined,
    '@contexts for places without internet: a file with a URL, a tab and a path on each line, or a folder with such a file named `contexts.tsv`.',
  ),
  setting('CONTEXT_MAX_BYTES', 'bytes', '1MiB', 'Size of one @context document.', { min: 1024 }),
  setting(
    'CONTEXT_MAX_STORED',
    'integer',
    '10000',
    '@contexts kept: downloaded ones, and for each tenant hosted ones.',
    { min: 1 },
  ),
  setting('CONTEXT_MAX_NESTING', 'integer', '10', 'How many @contexts may include one another.', { min: 1, max: 100 }),
  setting('CONTEXT_TIMEOUT', 'duration', '5s', 'Time for a download of an @context.', { min: 100 }),
  setting('CONTEXT_MAX_REDIRECTS', 'integer', '5', 'Redirects followed for an @context.', { min: 0, max: 20 }),
  setting('MAX_BODY_BYTES', 'bytes', '8MiB', 'Size of a request body.', { min: 1024 }),
  setting('MAX_URI_BYTES', 'bytes', '16KiB', 'Length of a request URI.', { min: 1024, max: 1_048_576 }),
  setting('MAX_JSON_DEPTH', 'integer', '64', 'How deep objects and arrays may stand in one another.', {
    min: 8,
    max: 1000,
  }),
  setting('MAX_BATCH', 'integer', '10000', 'Elements of a batch operation.', { min: 1 }),
  setting('MAX_ENTITY_BYTES', 'bytes', '4MiB', 'Size of an entity as it is stored.', { min: 1024, max: 12_582_912 }),
  setting(
    'MAX_ATTRIBUTES',
    'integer',
    '10000',
    'Attribute instances of an entity in one request, sub-attributes included.',
    { min: 1 },
  ),
  setting('MAX_VERTICES', 'integer', '20000', 'Positions of one geometry.', { min: 4 }),
  setting('MAX_NUMBER_DIGITS', 'integer', '1000', 'Characters of one number.', { min: 17, max: 100_000 }),
  setting('MAX_ID_LENGTH', 'integer', '2048', 'Characters of an identifier or name.', { min: 64, max: 65_536 }),
  setting('MAX_TENANT_LENGTH', 'integer', '64', 'Characters of the name of a tenant.', { min: 1, max: 80 }),
  setting('PAGE_DEFAULT', 'integer', '20', 'Entities of a page where the request does not say.', { min: 1 }),
  setting('PAGE_MAX', 'integer', '1000', 'Entities of a page at most.', { min: 1, max: 100_000 }),
  setting('REQUEST_TIMEOUT', 'duration', '30s', 'Time for a request to arrive, and to be served.', { min: 1000 }),
  setting(
    'PURGE_SCHEDULE',
    'text',
    '* * * * *',
    'When what has expired (4.22) is purged: a cron expression. Nobody sees what has expired in the meantime.',
  ),
  setting('ALIAS', 'text', undefined, 'contextSourceAlias of this broker (5.2.40). Default: made at the first start.'),
  setting(
    'TOLERATE',
    'list',
    undefined,
    'Clients that break a clause and are taken nevertheless: `ld-json-without-context` (agents that send `application/ld+json` without an @context, against 6.3.5), `merge-patch-on-post` (libraries that send `application/merge-patch+json` with POST and PUT, against 6.3.4), `context-in-json-body` (clients that put an @context into `application/json`, against 6.3.5).',
    { choices: tolerances },
  ),
]

/** The reference as a Markdown table. */
export function settingsAsMarkdown(): string {
  const rows = settings.map(
    ({ name, default: fallback, description }) =>
      `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${description.replaceAll('|', '\\|')} |`,
  )
  return `# Configuration

Boya is configured by environment variables. A name that begins with \`BOYA_\` and is not in this table stops the start, as does a value that is
wrong; the message names it. Sizes are bytes, or \`KiB\` and \`MiB\`; durations are milliseconds, or \`s\` and \`m\`. Lists are separated by commas.
\`boya config\` shows what is in force.

| Name | Default | What it is |
|---|---|---|
${rows.join('\n')}
`
}
