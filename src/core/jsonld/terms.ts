/** Expands and compacts names with one @context, the core @context always in the last position (4.4). */
export interface TermTable {
  /** Term, compact IRI or IRI → IRI (5.5.7), as a name: vocabulary-relative, in the default-context where nothing else fits. */
  expand(name: string): string
  /** IRI → term (5.5.7: "in the event that no matching term is found … Fully Qualified Names"); a name of 4.6.2, so that it can be sent back. */
  compact(iri: string): string
  /** As {@link compact}, for the values of a vocab (4.5.20): they are strings of any kind, not only names (4.6.2). */
  compactVocab(iri: string): string
}
