/** The page that shows what Attributes were over time: static files, whose scripts ask the temporal API. */

import { readFile } from 'node:fs/promises'
import { type Asset, explorerAsset, packageAsset } from './page-asset.ts'

const OWN: ReadonlySet<string> = new Set([
  'history.css',
  'history.js',
  'history-answers.js',
  'history-broker.js',
  'history-chart.js',
  'history-page.js',
  'history-queries.js',
  'history-series.js',
  'history-table.js',
])
const OF_UPLOT: ReadonlySet<string> = new Set(['uPlot.iife.min.js', 'uPlot.min.css'])

/** One of the files that the page needs; undefined for any other name. */
export async function historyAsset(name: string): Promise<Asset | undefined> {
  if (OWN.has(name)) return explorerAsset(name)
  return OF_UPLOT.has(name) ? packageAsset('uplot', `dist/${name}`) : undefined
}

/** HTML of the page `/history`. */
export async function historyPage(): Promise<string> {
  return readFile(new URL('../../explorer/history.html', import.meta.url), 'utf8')
}
