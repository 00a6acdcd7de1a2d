/** Expands and compacts names with one @context, the core @context always in the last position (4.4). */
export interface TermTable {
  /** Term, compact IRI or IRI → IRI (5.5.7), as a name: vocabulary-relative, in the default-context where nothing else fits. */
  expand(name: string): string
  /** IRI → term (5.5.7: "in the event that no matching term is found … Fully Qualified Names"). */
  compact(iri: string): string
  /** As {@link expand}, for values that are identifiers (`object`, `datasetId`): only compact IRIs change. */
  expandId(id: string): string
}
