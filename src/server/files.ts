import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import multipart, { type Multipart } from "@fastify/multipart"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Context, Route } from "./context.ts"
import { isKnown } from "./documents.ts"
import { Params, pathId } from "./params.ts"
import { sendJson } from "./reply.ts"

type Upload = { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> }

/** Files: sent before a command refers to them, and fetched from whoever holds them. */
export function fileRoutes({ daybook }: Context): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/files",
      body: "stream",
      async answer(request, reply) {
        const taken = uploadOf(request).then(({ bytes, mediaType }) => daybook.upload(bytes, mediaType))
        // What is left of a multipart body that was refused is for nobody any more.
        return sendJson(reply, 201, await taken.finally(() => request.raw.unpipe()))
      },
    },
    {
      method: "GET",
      path: "/files/{id}",
      async answer(request, reply) {
        void new Params(request, [])
        const { about, bytes } = await daybook.download(pathId(request), { as: request.actor })
        const etag = `"${about.sha256}"`
        // Who has it may keep it, and must ask each time: it may be nobody's by then.
        reply.header("etag", etag).header("cache-control", "private, no-cache")
        if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send()
        // It is whatever somebody sent: no browser may take it for a page of ours.
        reply.header("content-disposition", "attachment").header("accept-ranges", "none")
        reply.header("content-type", about.mediaType).header("content-length", about.size)
        return reply.code(200).send(Readable.from(bytes, { objectMode: false }))
      },
    },
  ]
}

/** Lets the routes of a scope read their bodies themselves, whatever these are. */
export function leaveBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser("*", (_request, _body, done) => done(null))
  // One byte more than is taken, so that the one who counts finds out.
  const partLimits = { fileSize: limits.uploadBytesMax + 1, parts: 2 }
  void scope.register(multipart, { limits: partLimits, throwFileSizeLimit: false })
}

async function uploadOf(request: FastifyRequest): Promise<Upload> {
  const { "content-type": type = "", "content-encoding": encoding, "content-length": length } = request.headers
  if (encoding !== undefined && encoding !== "identity") {
    throw new Refusal("unsupported-media", `A file is taken as it is, and not in ${encoding}`)
  }
  if (request.isMultipart()) return onlyPart(request)
  if (Number(length) > limits.uploadBytesMax) {
    throw new Refusal("too-large", `A file has at most ${limits.uploadBytesMax} bytes`)
  }
  return { mediaType: type, bytes: wholeBody(request.raw) }
}

async function* wholeBody(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    // Whoever stops reading has something to answer: the connection stays.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } catch {
    throw new Refusal("malformed", "The upload was broken off")
  }
}

async function onlyPart(request: FastifyRequest): Promise<Upload> {
  const parts = request.parts()
  const first = await nextOf(parts)
  if (first?.type !== "file") throw notOneFile()
  return { mediaType: first.mimetype, bytes: alone(first.file, parts) }
}

async function* alone(file: Readable, parts: AsyncIterator<Multipart>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of file) yield chunk as Buffer
  } catch {
    throw new Refusal("malformed", "The upload was broken off")
  }
  // Whether it was the only one is known at its end: until then the upload is not taken in.
  if ((await nextOf(parts)) !== null) throw notOneFile()
}

async function nextOf(parts: AsyncIterator<Multipart>): Promise<Multipart | null> {
  try {
    const next = await parts.next()
    return next.done === true ? null : next.value
  } catch {
    throw notOneFile()
  }
}

function notOneFile(): Refusal {
  return new Refusal("malformed", "A multipart body is one part, which is a file")
}
