import { kubernetesApi } from '../kubernetes/control-plane.ts';
import { PodRunner } from '../pods/runner.ts';

await new PodRunner(kubernetesApi()).run(line => console.log(line));
