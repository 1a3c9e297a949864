import { GraphBuilder, type Tensor, tensor } from '../src/index.ts'

/** x [1, 2] -> y, by a dropout: what planted backends answer without computing. */
export const graph = (() => {
  const b = new GraphBuilder()
  return b.build([b.dropout(b.input([1, 2], { name: 'x' }), 0.5, { name: 'y' })])
})()

export const x = (value: number): { readonly x: Tensor<'float32'> } => ({ x: tensor([1, 2], [value, 0]) })
export const answerOf = (outputs: { readonly y?: Tensor }): number | undefined => outputs.y?.data[0]
