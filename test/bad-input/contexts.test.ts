/** @contexts that are wrong in themselves, wherever they are given. */

import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityIn, entityPath, expectAllOrNothing, expectAnswered, LD_BODY, send } from './client.ts'

const broker = brokerOfFile()
const ID = 'urn:ngsi-ld:Context:1'
const EX = 'https://example.org/'
const nested = (depth: number, inside: unknown = { a: `${EX}a` }): unknown =>
  depth === 0 ? inside : [nested(depth - 1, inside)]

/** What is sent as an @context, and whether it has to be refused; `maybe`: both are right as long as nothing is lost. */
const contexts: readonly (readonly [string, unknown, 'refused' | 'taken' | 'maybe'])[] = [
  ['null', null, 'refused'],
  ['a number', 1, 'refused'],
  ['true', true, 'refused'],
  ['an empty string', '', 'refused'],
  ['a relative URL', 'context.jsonld', 'refused'],
  ['words', 'not a URL', 'refused'],
  ['a data: URL', 'data:application/ld+json,{"@context":{}}', 'refused'],
  ['a file: URL', 'file:///etc/passwd', 'refused'],
  ['an ftp: URL', 'ftp://example.org/context', 'refused'],
  ['a javascript: URL', 'javascript:alert(1)', 'refused'],
  ['a URL with spaces', 'http://exa mple.org/', 'refused'],
  ['an URL without a host', 'http://', 'refused'],
  ['a URN', 'urn:x:context', 'refused'],
  ['an empty array', [], 'taken'],
  ['null in an array', [null], 'taken'],
  ['an empty object', {}, 'taken'],
  ['an array in an array', [[{ a: `${EX}a` }]], 'refused'],
  ['an array 10 deep', nested(10), 'refused'],
  ['an array 50 deep', nested(50), 'refused'],
  ['a number in an array', [1], 'refused'],
  ['a scoped context', { a: { '@id': `${EX}a`, '@context': { b: `${EX}b` } } }, 'refused'],
  ['a scoped context of null', { a: { '@id': `${EX}a`, '@context': null } }, 'refused'],
  ['a scoped context of a type', { T: { '@id': `${EX}T`, '@context': { a: `${EX}a` } } }, 'refused'],
  ['@vocab null', { '@vocab': null }, 'maybe'],
  ['@vocab empty', { '@vocab': '' }, 'maybe'],
  ['@vocab a number', { '@vocab': 1 }, 'refused'],
  ['@vocab of its own', { '@vocab': `${EX}v/` }, 'maybe'],
  ['@base', { '@base': EX }, 'maybe'],
  ['@base null', { '@base': null }, 'maybe'],
  ['@base no string', { '@base': {} }, 'refused'],
  ['@base no URL', { '@base': '::' }, 'maybe'],
  ['@language', { '@language': 'es' }, 'maybe'],
  ['@language a number', { '@language': 1 }, 'refused'],
  ['@direction', { '@direction': 'sideways' }, 'refused'],
  ['@version 1.0', { '@version': 1.0 }, 'refused'],
  ['@version 1.1', { '@version': 1.1 }, 'taken'],
  ['@propagate', { '@propagate': 'yes' }, 'refused'],
  ['@protected', { '@protected': true, a: `${EX}a` }, 'taken'],
  ['a protected term redefined', [{ '@protected': true, a: `${EX}a` }, { a: `${EX}b` }], 'refused'],
  ['null after a protected term', [{ '@protected': true, a: `${EX}a` }, null], 'refused'],
  ['@import of nothing', { '@import': null }, 'refused'],
  ['@import of a file', { '@import': 'file:///etc/passwd' }, 'refused'],
  ['@import of a relative URL', { '@import': 'other' }, 'refused'],
  ['@import of the core', { '@import': 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld' }, 'maybe'],
  ['a term like a keyword', { '@ignored': `${EX}a` }, 'maybe'],
  ['a term that is a keyword', { '@id': `${EX}a` }, 'refused'],
  ['@type as a term', { '@type': `${EX}a` }, 'refused'],
  ['an empty term', { '': `${EX}a` }, 'refused'],
  ['a term that is an IRI', { [`${EX}x`]: `${EX}y` }, 'refused'],
  ['a term with a colon', { 'a:b': `${EX}ab` }, 'maybe'],
  ['a term with a slash', { 'a/b': `${EX}ab` }, 'maybe'],
  ['a term to null', { a: null }, 'maybe'],
  ['a term to a number', { a: 1 }, 'refused'],
  ['a term to an array', { a: [`${EX}a`] }, 'refused'],
  ['a term to true', { a: true }, 'refused'],
  ['a term to itself', { a: 'a' }, 'refused'],
  ['a term to a term that is none', { a: 'nowhere' }, 'refused'],
  ['two terms to each other', { a: 'b:x', b: 'a:x' }, 'refused'],
  ['a loop of prefixes', { a: 'b:x', b: 'c:x', c: 'd:x', d: 'a:x' }, 'refused'],
  [
    'a chain of a thousand prefixes',
    Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`p${i}`, i === 999 ? EX : `p${i + 1}:x`])),
    'maybe',
  ],
  ['a term to a blank node', { a: '_:b' }, 'maybe'],
  ['a term to a keyword', { a: '@id' }, 'maybe'],
  ['two aliases of @type', { a: '@type', b: '@type' }, 'maybe'],
  ['an alias of @context', { a: '@context' }, 'refused'],
  ['an alias of @value', { a: '@value' }, 'maybe'],
  ['an alias of @graph', { a: '@graph' }, 'maybe'],
  ['an @id that is no string', { a: { '@id': 1 } }, 'refused'],
  ['a @type that is no IRI', { a: { '@id': `${EX}a`, '@type': 'no IRI' } }, 'refused'],
  ['a @container that is none', { a: { '@id': `${EX}a`, '@container': '@wonders' } }, 'refused'],
  ['an unknown member', { a: { '@id': `${EX}a`, '@wonders': 1 } }, 'refused'],
  ['@reverse', { a: { '@reverse': `${EX}a` } }, 'maybe'],
  ['@reverse and @id', { a: { '@reverse': `${EX}a`, '@id': `${EX}b` } }, 'refused'],
  ['@nest', { a: { '@id': `${EX}a`, '@nest': '@wonders' } }, 'refused'],
  [
    'core terms overridden',
    {
      type: `${EX}type`,
      id: `${EX}id`,
      value: `${EX}value`,
      Property: `${EX}Property`,
      observedAt: `${EX}o`,
      location: `${EX}l`,
    },
    'maybe',
  ],
  ['core terms taken away', { value: null, Property: null, location: null }, 'maybe'],
  ['the IRI of a core term under another name', { whereabouts: 'https://uri.etsi.org/ngsi-ld/location' }, 'maybe'],
  ['the same IRI for two terms', { a: `${EX}same`, b: `${EX}same` }, 'maybe'],
  ['lone surrogates', { '\ud800': `${EX}\ud800` }, 'maybe'],
  ['NUL', { 'a\u0000': `${EX}\u0000` }, 'maybe'],
  ['an IRI with spaces', { a: `${EX} a b` }, 'maybe'],
  ['an exact number', { '@version': '1e400' }, 'refused'],
]

describe.each(contexts)('%s', (_, context, verdict) => {
  const document = {
    id: ID,
    type: 'T',
    a: { type: 'Property', value: 1 },
    b: 2,
    location: { type: 'Point', coordinates: [1, 2] },
  }
  const judge = (status: number, text: string) => {
    if (verdict === 'refused') expect([400, 504], text).toContain(status)
    if (verdict === 'taken') expect(status, text).toBe(201)
  }

  it('in a document', async () => {
    const body = JSON.stringify({ ...document, '@context': context })
    const answer = await expectAllOrNothing(broker, { method: 'POST', path: `${API}/entities`, headers: LD_BODY, body })
    judge(answer.status, answer.text)
    if (answer.status !== 201) return
    const shown = await entityIn(broker, ID)
    // Names may be shown as IRIs; what they stand for is there.
    expect(Object.keys(shown ?? {}).length, JSON.stringify(shown)).toBe(Object.keys(document).length)
    expect(shown).toMatchObject({ id: ID, location: { type: 'GeoProperty', value: document.location } })
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
  })

  it('hosted, and then linked to', async () => {
    const body = JSON.stringify({ '@context': context })
    const hosted = await send(broker, { method: 'POST', path: `${API}/jsonldContexts`, headers: LD_BODY, body })
    expectAnswered(hosted, body)
    if (hosted.status !== 201) return
    const url = `${broker.url}${hosted.headers.location}`
    const linked = JSON.stringify({ ...document, '@context': url })
    const answer = await expectAllOrNothing(broker, {
      method: 'POST',
      path: `${API}/entities`,
      headers: LD_BODY,
      body: linked,
    })
    judge(answer.status, answer.text)
    expectAnswered(await send(broker, { path: String(hosted.headers.location) }))
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
    expect((await send(broker, { method: 'DELETE', path: String(hosted.headers.location) })).status).toBe(204)
  })
})
