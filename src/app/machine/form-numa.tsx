import {
  distance,
  MOST_NODES,
  numaNodes,
  withDistance,
  withNodeCpus,
  withNodeSize,
  withNumaNodes,
} from '../../machine/numa.js';
import type { Machine } from '../../machine/schema.js';
import { Row, Text } from './form-fields.js';
import { edit } from './model.js';

/** Nodes with vCPUs and memory of their own, and how far they are from each other. */
export function Numa({ current }: { current: Machine }) {
  const nodes = numaNodes(current);
  const take = (next: Machine): void => void edit(next, 'form');
  const pairs = nodes.flatMap((a, i) =>
    nodes.slice(i + 1).map((b) => [a.nodeid, b.nodeid] as const),
  );
  return (
    <fieldset>
      <legend>NUMA</legend>
      <div class="field">
        <label>
          <span class="field-label">Nodes</span>
          <select
            value={nodes.length}
            onChange={({ currentTarget: { value } }) => take(withNumaNodes(current, Number(value)))}
          >
            <option value={0}>none: one node</option>
            {Array.from({ length: Math.max(MOST_NODES, nodes.length) }, (_, i) => (
              <option key={i} value={i + 1}>
                {i + 1}
              </option>
            ))}
          </select>
        </label>
        <span class="field-help quiet">Shares vCPUs and memory out evenly.</span>
      </div>
      {nodes.length > 0 && (
        <ul class="part-list">
          {nodes.map((node) => (
            <Row key={node.at} what={`node ${String(node.nodeid)}`}>
              <span class="part-name">Node {node.nodeid}</span>
              <Text
                label="vCPUs"
                value={node.cpus}
                onText={(text) => take(withNodeCpus(current, node, text))}
              />
              {node.memdev === undefined ? (
                <span class="quiet">no memory of its own</span>
              ) : (
                <Text
                  label="Memory"
                  value={node.size ?? ''}
                  onText={(text) => take(withNodeSize(current, node, text))}
                />
              )}
            </Row>
          ))}
        </ul>
      )}
      {pairs.length > 0 && (
        <ul class="part-list part-grid" aria-label="Distances">
          {pairs.map(([a, b]) => (
            <li key={`${String(a)}-${String(b)}`}>
              <label>
                <span>
                  Distance {a}–{b}
                </span>
                <input
                  type="number"
                  min={10}
                  max={255}
                  value={distance(current, a, b)}
                  onChange={({ currentTarget: { value, validity } }) => {
                    if (value !== '' && validity.valid) {
                      take(withDistance(current, a, b, Number(value)));
                    }
                  }}
                />
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
