/** Whether a path looks like a timeline: asked by commands before anything is loaded that could read one. */
export { isTimelinePath } from '../../timeline/detect.ts'
