import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Excerpt } from './excerpt.ts';
import { type Marks, NodeBuilder, noProperties, type Properties, type YamlMapping } from './node-builder.ts';

export interface YamlDocument {
  /** Undefined if there is nothing but comments. */
  readonly value: unknown;
  /** Where its first node starts. */
  readonly start: number;
  /** Where integers stand that have more digits than a number here holds. */
  readonly inexact: readonly number[];
}

/** An event that begins a node, or stands for one. */
type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

const isNode = (event: Event | undefined): event is NodeEvent =>
  event !== undefined && event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP;

/** Where a node starts in the excerpt; -1 if nothing is written there. Anchors and tags before it do not count. */
const startOf = (event: NodeEvent): number => {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return event.valueStart - (isQuoted ? 1 : 0);
};

/**
 * The documents of a text, made one after the other from the events of js-yaml's parser. A document that cannot be made
 * throws YamlProblem; the next call goes on with the one after it.
 */
export class YamlStream {
  private readonly events: readonly Event[];
  private readonly excerpt: Excerpt;
  private readonly marks: Marks | undefined;
  private builder: NodeBuilder;
  private at = 0;

  constructor(events: readonly Event[], excerpt: Excerpt, marks?: Marks) {
    this.events = events;
    this.excerpt = excerpt;
    this.marks = marks;
    this.builder = new NodeBuilder(excerpt, marks);
  }

  /** How many documents there are in all. */
  get length(): number {
    return this.events.reduce((count, { type }) => (type === EVENT_ID.DOCUMENT ? count + 1 : count), 0);
  }

  /** The next document; one without a value if there is none left. */
  next(): YamlDocument {
    this.builder = new NodeBuilder(this.excerpt, this.marks);
    while (this.at < this.events.length && this.events[this.at]?.type !== EVENT_ID.DOCUMENT) this.at += 1;
    this.at += 1;
    const first = this.events[this.at];
    if (!isNode(first)) return { value: undefined, start: this.excerpt.originOf(0), inexact: [] };
    const start = this.excerpt.originOf(Math.max(0, startOf(first)));
    return { value: this.node(), start, inexact: this.builder.inexact };
  }

  private node(): unknown {
    const event = this.events[this.at] as NodeEvent;
    this.at += 1;
    switch (event.type) {
      case EVENT_ID.MAPPING:
        return this.mapping(this.propertiesOf(event));
      case EVENT_ID.SEQUENCE:
        return this.list(this.propertiesOf(event));
      case EVENT_ID.ALIAS:
        return this.builder.alias(this.cut(event.anchorStart, event.anchorEnd), startOf(event));
      case EVENT_ID.SCALAR: {
        const text = getScalarValue(this.excerpt.text, event);
        const isPlain = event.style === SCALAR_STYLE.PLAIN;
        return this.builder.scalar(text, isPlain, this.propertiesOf(event), startOf(event));
      }
    }
  }

  private mapping(properties: Properties): YamlMapping {
    const mapping: YamlMapping = {};
    const anchor = this.builder.open(properties);
    for (let event = this.events[this.at]; isNode(event); event = this.events[this.at]) {
      const start = startOf(event);
      const key = this.node();
      this.builder.add(mapping, key, this.node(), start);
    }
    this.at += 1;
    return this.builder.close(anchor, mapping);
  }

  private list(properties: Properties): unknown[] {
    const list: unknown[] = [];
    const anchor = this.builder.open(properties);
    for (let event = this.events[this.at]; isNode(event); event = this.events[this.at]) {
      const start = startOf(event);
      if (start >= 0) this.builder.mark(list, list.length, start);
      list.push(this.node());
    }
    this.at += 1;
    return this.builder.close(anchor, list);
  }

  private propertiesOf(event: Exclude<NodeEvent, { type: typeof EVENT_ID.ALIAS }>): Properties {
    if (event.anchorStart < 0 && event.tagStart < 0) return noProperties;
    return {
      ...(event.anchorStart < 0 ? {} : { anchor: this.cut(event.anchorStart, event.anchorEnd) }),
      ...(event.tagStart < 0 ? {} : { tag: this.cut(event.tagStart, event.tagEnd) }),
    };
  }

  private cut(start: number, end: number): string {
    return this.excerpt.text.slice(start, end);
  }
}
