import { decoded } from './uri-part.ts'

/** The topic of an MQTT endpoint (7.2): the path of its URI; undefined where that is none that can be published to. */
export function mqttTopicOf({ pathname }: Pick<URL, 'pathname'>): string | undefined {
  const topic = decoded(pathname.slice(1))
  return topic === '' || /[+#\0]/.test(topic) ? undefined : topic
}
