import type { Request } from '../../src/verify/request.ts';
import type { Hit, Plan, Reply } from './wire.ts';

/** One request that is put both to the model and to the mesh. */
export interface Question {
  /** A workload of the bed, `namespace/name`. */
  readonly caller: string;
  /** The id of a service in the model; at a gateway, the host that is asked for. */
  readonly service: string;
  /** The id of the gateway by which it comes in, on `port`. */
  readonly via?: string;
  readonly port: number;
  readonly request: Request;
  /** How the application behind it is to answer. */
  readonly plan?: Plan;
  /** Its caller waits so long before it sends it. */
  readonly afterMs?: number;
  /** Nothing that arrives says who has sent it. */
  readonly anonymous?: true;
  /** No proxy stands beside the servers, who would answer for an application that ends the connection. */
  readonly unproxied?: true;
  /** How often it is sent; once, unless what happens is left to chance. */
  readonly times?: number;
}

/** What became of a request that was sent once. */
export interface Observed {
  readonly reply: Reply;
  /** The workload whose application has answered. */
  readonly by?: string;
  /** What reached applications, with workloads in place of pods. */
  readonly hits: readonly Hit[];
}
