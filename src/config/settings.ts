/** Every setting in one table: the reference (docs/configuration.md), the checks and the typed tree are made from it. */

import { history } from './history-settings.ts'
import * as kinds from './kinds.ts'
import { optional, setting } from './setting.ts'

const serving = {
  BOYA_HOST: setting(
    kinds.text,
    '127.0.0.1',
    'Address to listen on. `0.0.0.0` is all of the machine (the Docker image sets it).',
  ),
  BOYA_PORT: setting(kinds.integer({ min: 0, max: 65_535 }), '1026', 'Port to listen on; `0` takes a free one.'),
  BOYA_WORKERS: setting(
    kinds.workers,
    '1',
    'Processes that serve, on one port and one store, so that all processors of a machine are used; `auto`: one for each processor. One that dies is replaced. Each has caches, connections and outgoing requests of its own: what settings say of these is for each. Needs a store that processes can share, which `sqlite::memory:` is not.',
  ),
  BOYA_PUBLIC_URL: optional(
    kinds.origin,
    'Where clients reach Boya, such as `https://broker.example.org`; for the URLs of @contexts that Boya hosts. Default: the address it listens on.',
  ),
  BOYA_CORS_ORIGINS: setting(
    kinds.list(kinds.allowedOrigin),
    '',
    'Origins whose pages may call Boya; `*` is any. Default: none.',
  ),
  BOYA_ALIAS: optional(kinds.token, 'contextSourceAlias of this broker (5.2.40). Default: made at the first start.'),
}

const storing = {
  BOYA_STORE: setting(
    kinds.store,
    'sqlite:./data',
    "Where entities are kept: `sqlite:` and a folder, `sqlite::memory:` to keep nothing, or a MongoDB URI (`mongodb://` or `mongodb+srv://`, with all options that MongoDB has; but reads go to primaries, whatever `readPreference` says). Its database name (default `boya`) is the default Tenant's, and what the names of the other Tenants' databases begin with.",
  ),
  BOYA_SQLITE_SYNCHRONOUS: setting(
    kinds.choice('full', 'normal'),
    'full',
    '`full`: what is acknowledged survives a power cut. `normal`: it survives a crash of Boya, a power cut may take the last moments.',
  ),
  BOYA_PURGE_SCHEDULE: setting(
    kinds.cron,
    '* * * * *',
    'When what has expired (4.22) is purged; five fields, or six with seconds. Nobody sees what has expired in the meantime. One of the processes on a store purges; when it dies another one does within 15 seconds.',
  ),
}

const logging = {
  BOYA_LOG_LEVEL: setting(
    kinds.choice('debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'What is logged: this, and what is more serious.',
  ),
  BOYA_LOG_FORMAT: setting(
    kinds.choice('auto', 'json', 'pretty'),
    'auto',
    '`json`: a JSON object a line. `pretty`: for people. `auto`: pretty on a terminal. Always on standard output.',
  ),
}

const contexts = {
  BOYA_CONTEXT_DEFAULT: optional(
    kinds.httpUrl,
    'URL of the user @context of requests that bring none (5.5.5). Boya does not start where it has no copy and cannot have one (exit status 69).',
  ),
  BOYA_CONTEXTS_PRELOAD: optional(
    kinds.text,
    '@contexts for places without internet: a file with a URL, a tab and a path on each line, or a folder with such a file named `contexts.tsv`. Paths are relative to that file; each URL stands once. Passed over are empty lines, lines that begin with `#`, a header `url`, tab, `file`, lines with a remark in parentheses in place of a path, and core @contexts, which come with Boya.',
  ),
  BOYA_CONTEXT_MAX_BYTES: setting(
    kinds.size({ min: 1024 }),
    '256KiB',
    'Size of one @context, with all that it refers to. To compile 256 KiB takes some 50 ms, in which nothing else is served; the largest published by Smart Data Models has 126 kB.',
  ),
  BOYA_CONTEXT_MAX_MEMBERS: setting(
    kinds.integer({ min: 1, max: 1000 }),
    '100',
    'URLs and objects in one @context, with all that it refers to.',
  ),
  BOYA_CONTEXT_MAX_STORED: setting(
    kinds.integer({ min: 1 }),
    '10000',
    '@contexts kept: downloaded ones, and for each tenant hosted ones. Several processes on one store may keep a few more.',
  ),
  BOYA_CONTEXT_MAX_NESTING: setting(
    kinds.integer({ min: 1, max: 100 }),
    '10',
    'How many @contexts may include one another.',
  ),
  BOYA_CONTEXT_TIMEOUT: setting(kinds.duration({ min: 100 }), '5s', 'Time for a download of an @context.'),
  BOYA_CONTEXT_MAX_REDIRECTS: setting(kinds.integer({ min: 0, max: 20 }), '5', 'Redirects followed for an @context.'),
  BOYA_OUTBOUND: setting(
    kinds.list(kinds.text),
    '',
    'Where Boya may send requests to: `public`, `private` (private networks and this machine, too), or a list of networks such as `10.1.0.0/16`, which are allowed beside the public ones. Link-local and metadata addresses never. Default: `private` while Boya listens on a loopback address, else `public`.',
  ),
  BOYA_OUTBOUND_CONCURRENCY: setting(
    kinds.integer({ min: 1, max: 10_000 }),
    '64',
    'Requests that Boya has under way at once, to all hosts together; others wait within their own time.',
  ),
}

/** Timers count milliseconds in 31 bits: what they wait for has an end. */
const DAY_MS = 86_400_000

const notifications = {
  BOYA_NOTIFICATION_TIMEOUT: setting(
    kinds.duration({ min: 10, max: DAY_MS }),
    '10s',
    'Time for a receiver to take a notification, where the subscription does not say (`timeout` of its endpoint).',
  ),
  BOYA_NOTIFICATION_MAX_TIMEOUT: setting(
    kinds.duration({ min: 10, max: DAY_MS }),
    '30s',
    'What a subscription can ask for at most as `timeout` of its endpoint; who asks for more has this.',
  ),
  BOYA_NOTIFICATION_CONCURRENCY: setting(
    kinds.integer({ min: 1, max: 10_000 }),
    '1024',
    'Notifications that are being sent at once over HTTP, to all hosts together. They have these places to themselves: `BOYA_OUTBOUND_CONCURRENCY` does not count them.',
  ),
  BOYA_NOTIFICATION_RETRY_FIRST: setting(
    kinds.duration({ min: 10, max: DAY_MS }),
    '1s',
    'How long after a failure it is tried again; twice as long after each further one, half of it by chance.',
  ),
  BOYA_NOTIFICATION_RETRY_MOST: setting(
    kinds.duration({ min: 10, max: DAY_MS }),
    '1min',
    'How long it takes at most until what failed is tried again.',
  ),
  BOYA_NOTIFICATION_MAX_AGE: setting(
    kinds.duration({ min: 100 }),
    '24h',
    'What could not be told for so long is given up.',
  ),
  BOYA_NOTIFICATION_MAX_BACKLOG: setting(
    kinds.integer({ min: 1 }),
    '100000',
    'Changes that wait for one subscription; where there are more the oldest are given up.',
  ),
  BOYA_NOTIFICATION_KEEP_DELIVERED: setting(
    kinds.duration({ min: 0 }),
    '1h',
    'How long it is kept what was told, so that it can be told again.',
  ),
  BOYA_NOTIFICATION_KEEP_DEAD: setting(
    kinds.duration({ min: 0 }),
    '168h',
    'How long it is kept what was given up, so that it can be seen, and told after all.',
  ),
}

const streams = {
  BOYA_STREAM_KEEP: setting(
    kinds.duration({ min: 100 }),
    '10min',
    'How long a stream whose client has gone is kept, with what it is owed, so that the client can come back and miss nothing; 30 seconds at most where its client has got nothing but the first event. What it was told before is kept for `BOYA_NOTIFICATION_KEEP_DELIVERED`.',
  ),
  BOYA_STREAM_TIMEOUT: setting(
    kinds.duration({ min: 100, max: DAY_MS }),
    '30s',
    'A client that takes nothing for so long, while there is something for it, is cut off; it can come back and go on.',
  ),
  BOYA_STREAM_HEARTBEAT: setting(
    kinds.duration({ min: 100, max: DAY_MS }),
    '15s',
    'How often a sign of life is sent. Shorter than what proxies on the way take for a dead connection.',
  ),
  BOYA_MAX_STREAMS: setting(
    kinds.integer({ min: 0 }),
    '1000',
    'Streams of a tenant, with those whose clients have gone and may come back. Where there are so many, the one whose client has been gone for longest is removed for a new one; where none has gone the new one is refused. Several processes on one store may keep a few more.',
  ),
  BOYA_MAX_STREAMS_LEFT: setting(
    kinds.integer({ min: 0 }),
    '50',
    'Of these, those whose clients have gone: each costs every change that it is told of. Where there are more, those are removed first whose clients have got nothing but the first event, then those whose clients have been gone for longest, but none that was told something less than 30 seconds ago.',
  ),
}

const limits = {
  BOYA_MAX_BODY_BYTES: setting(kinds.size({ min: 1024, max: 268_435_456 }), '8MiB', 'Size of a request body.'),
  BOYA_MAX_URI_BYTES: setting(kinds.size({ min: 1024, max: 1_048_576 }), '16KiB', 'Length of a request URI.'),
  BOYA_MAX_JSON_DEPTH: setting(
    kinds.integer({ min: 8, max: 1000 }),
    '64',
    'How deep objects and arrays may stand in one another.',
  ),
  BOYA_MAX_BATCH: setting(kinds.integer({ min: 1 }), '10000', 'Elements of a batch operation.'),
  BOYA_MAX_ENTITY_BYTES: setting(
    kinds.size({ min: 1024, max: 12_582_912 }),
    '4MiB',
    'Size of an entity as it is stored.',
  ),
  BOYA_MAX_PAGE_BYTES: setting(
    kinds.size({ min: 1024, max: 268_435_456 }),
    '16MiB',
    'Size of the entities of one page together, or of the instances of an answer of the temporal API, as they are stored, and again of the linked entities in an answer, each counted wherever it is shown. At least twice `BOYA_MAX_ENTITY_BYTES`, so that any entity can be on a page.',
  ),
  BOYA_MAX_ATTRIBUTES: setting(
    kinds.integer({ min: 1 }),
    '10000',
    'Attribute instances of an entity, sub-attributes included, as it is sent and as a change leaves it.',
  ),
  BOYA_MAX_VERTICES: setting(kinds.integer({ min: 4 }), '20000', 'Positions of one geometry.'),
  BOYA_MAX_NUMBER_DIGITS: setting(kinds.integer({ min: 17, max: 100_000 }), '1000', 'Characters of one number.'),
  BOYA_MAX_ID_LENGTH: setting(kinds.integer({ min: 64, max: 65_536 }), '2048', 'Characters of an identifier or name.'),
  BOYA_MAX_TENANT_LENGTH: setting(kinds.integer({ min: 1, max: 80 }), '64', 'Characters of the name of a tenant.'),
  BOYA_MAX_TENANTS: setting(
    kinds.integer({ min: 0 }),
    '10000',
    'Tenants beside the default one; the first entity or @context sent to a new one makes it.',
  ),
  BOYA_MAX_SUBSCRIPTIONS: setting(
    kinds.integer({ min: 0 }),
    '100000',
    'Subscriptions of a tenant. Every process has all of them in memory, some kilobytes each. Several processes on one store may make a few more; an import is not counted.',
  ),
  BOYA_MAX_SELECTION: setting(
    kinds.integer({ min: 1, max: 10_000 }),
    '500',
    'Names that a selection has at most: types in `type`, entities in `id`, Attributes in `attrs`, datasets in `datasetId`.',
  ),
  BOYA_MAX_QUERY_CHARS: setting(
    kinds.integer({ min: 64, max: 1_048_576 }),
    '10000',
    'Characters of a query (`q`) or context source filter (`csf`).',
  ),
  BOYA_MAX_QUERY_TERMS: setting(
    kinds.integer({ min: 1, max: 10_000 }),
    '200',
    'Terms and listed values of a query together.',
  ),
  BOYA_MAX_QUERY_DEPTH: setting(
    kinds.integer({ min: 1, max: 100 }),
    '20',
    'How deep parentheses may stand in one another in a query, and how many Relationships a path may follow.',
  ),
  BOYA_MAX_JOIN_LEVEL: setting(
    kinds.integer({ min: 1, max: 20 }),
    '5',
    'How many Relationships are followed from an entity to linked ones (`joinLevel`).',
  ),
  BOYA_MAX_LINKED_ENTITIES: setting(
    kinds.integer({ min: 1, max: 100_000 }),
    '1000',
    'Linked entities that are looked up for one request.',
  ),
  BOYA_PAGE_DEFAULT: setting(kinds.integer({ min: 1 }), '20', 'Entities of a page where the request does not say.'),
  BOYA_PAGE_MAX: setting(kinds.integer({ min: 1, max: 100_000 }), '1000', 'Entities of a page at most.'),
  BOYA_TEMPORAL_INSTANCES: setting(
    kinds.integer({ min: 1, max: 1_000_000 }),
    '10000',
    'Attribute instances of an answer of the temporal API, of all its entities together: one that has more, or is larger than `BOYA_MAX_PAGE_BYTES`, is given in parts (206, with a Link to the next). What is of one time is not taken apart.',
  ),
  BOYA_TEMPORAL_PERIODS: setting(
    kinds.integer({ min: 1, max: 10_000_000 }),
    '100000',
    'Periods of an aggregation, of all its entities and Attributes together: one that would have more is refused.',
  ),
  BOYA_MAX_INSTANCES: setting(
    kinds.integer({ min: 1, max: 1_000_000 }),
    '20000',
    'Attribute instances of one request to the temporal API, sub-attributes included.',
  ),
  BOYA_ANSWER_CACHE_BYTES: setting(
    kinds.size({ min: 0 }),
    '96MiB',
    'Memory for entities as they were last sent in pages: with room for all that are often asked for, a page needs half the time. 0 remembers none.',
  ),
  BOYA_REQUEST_TIMEOUT: setting(
    kinds.duration({ min: 1000 }),
    '30s',
    'Time for a request to arrive, for the @contexts that it names to come, for a query to be answered, and for a purge: one that takes longer has deleted some, says so, and can be asked again. Also for what is under way when Boya is ended.',
  ),
}

/** What each tolerance takes, and the clients that need it. */
export const tolerances = {
  'ld-json-without-context':
    '`application/ld+json` without an @context is read with the default @context; 6.3.5 has it refused. For agents that send one media type whatever they send.',
  'merge-patch-on-post':
    '`application/merge-patch+json` is taken with POST and PUT as it is with PATCH; 6.3.4 has it refused. For HTTP libraries with one media type for all that changes something.',
  'context-in-json-body':
    'An @context in a body of `application/json` is used; 6.3.5 has it refused. For clients that copy the entities of published data models as they are.',
} as const

export type Tolerance = keyof typeof tolerances

const tolerating = {
  BOYA_TOLERATE: setting(
    kinds.list(kinds.choice(...(Object.keys(tolerances) as Tolerance[]))),
    '',
    'Clients that break a clause and are taken nevertheless; see below. Default: none.',
  ),
}

/** By what they are about, in the order of the reference. */
export const sections = {
  Serving: serving,
  Storing: storing,
  History: history,
  Log: logging,
  '@contexts and where they come from': contexts,
  Notifications: notifications,
  'Streams of changes': streams,
  'Limits of what a client may send and ask for': limits,
  Tolerance: tolerating,
} as const

export const settings = {
  ...serving,
  ...storing,
  ...history,
  ...logging,
  ...contexts,
  ...notifications,
  ...streams,
  ...limits,
  ...tolerating,
}

type Settings = typeof settings
/** The value of each setting. */
export type Values = { readonly [Name in keyof Settings]: ReturnType<Settings[Name]['read']> }
