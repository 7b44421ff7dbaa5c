// From a body to an exchange: the envelope opened, directives taken out, the model named, the policy put together.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Takes a request whose body stands plain and whole.
    func take(
        _ intake: Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        guard intake.surface == .native else { return heedDirectives(intake, head, bytes, body, client) }
        let envelope: ChatEnvelope
        do throws(EnvelopeFault) {
            envelope = try ChatEnvelope(scanning: body)
        } catch {
            let fault = ErrorBody(status: 400, type: "invalid_request_error", code: error.code)
            return refuse(fault, Span.of(error.message), intake, client)
        }
        let request = loop.blocks.take()
        defer { loop.blocks.give(request) }
        envelope.write(from: body, into: &request.bytes)
        var intake = intake
        intake.caller = envelope.policy
        intake.estimatedInputTokens = envelope.estimatedInputTokens
        intake.stickyKey = Array(copying: body.extracting(envelope.id))
        intake.noticeLines = envelope.ignoredLine
        heedDirectives(intake, head, bytes, request.bytes.bytes, client)
    }

    private func heedDirectives(
        _ intake: Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        guard intake.operation == .chat, Directives.mayStand(in: body) else {
            return admit(intake, head, bytes, body, client)
        }
        let directives = Directives(in: body)
        var intake = intake
        intake.caller.heed(directives.said.policy)
        if let fault = directives.said.faults.first {
            let isStrict = snapshot.settings.policy.isStrict || intake.caller.isStrict ?? false
            let error = ErrorBody(status: 400, type: "invalid_request_error", code: "invalid_directive")
            if intake.surface == .native, directives.said.hasBadSchema {
                return refuse(error, Span.of("invalid output_schema directive JSON"), intake, client)
            }
            if isStrict { return refuse(error, (Array("invalid directive: ".utf8) + fault).span, intake, client) }
            intake.noticeLines += directives.said.warningLine
        }
        if !directives.said.policy.outputSchema.isEmpty { intake.noticeLines += ChatEnvelope.schemaIsIgnored }
        let edited = loop.blocks.take(for: body.count)
        defer { loop.blocks.give(edited) }
        directives.write(body, into: &edited.bytes)
        admit(intake, head, bytes, edited.bytes.bytes, client)
    }

    /// Opens the exchange of a request in the OpenAI wire's form and asks the first provider.
    private func admit(
        _ intake: Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        let operation = intake.operation
        let request: ChatRequest
        do throws(RequestFault) {
            request = try ChatRequest(scanning: body, operation: operation)
        } catch {
            let draft = loop.blocks.take()
            ErrorBody.write(intake.surface, fault: error, requestID: intake.id.bytes, into: &draft.bytes)
            logRefusal(ErrorBody(status: error.status, type: error.type, code: error.code), intake.id)
            answerError(error.status, draft, intake.surface, intake.id, retryAfterMS: nil, client)
            return
        }
        let exchange = open(intake, request, head, bytes, body, client)
        if head.fields.contains(.te), request.isStream { exchange.takesTrailers = takesTrailers(head, bytes) }
        if let claim = intake.claim { admit(claim, to: exchange) }
        if !intake.noticeLines.isEmpty { exchange.noticeLines = intake.noticeLines }
        exchange.record.isStream = request.isStream
        retries.earn()
        let naming = naming(of: request, body, intake)
        exchange.query = query(intake, request, naming)
        exchange.record.mode = exchange.query.policy.mode
        if let alias = naming.alias {
            exchange.alias = alias
            exchange.record.alias = Int32(alias)
        }
        let isThere = naming.model.map { snapshot.models[$0].isEnabled } ?? false
        // Vectors of another model cannot stand in for those of the one that was meant.
        let needsNamed = operation.isBound || naming.isSaid && exchange.query.policy.isStrict
        if needsNamed, !isThere, !naming.isFromPool { return refuse(.unknownModel, exchange) }
        if !holdBudget(exchange) { return refuse(.budget, exchange) }
        attempt(exchange)
    }

    private func query(_ intake: Intake, _ request: ChatRequest, _ naming: Naming) -> Query {
        let tokens = intake.estimatedInputTokens > 0 ? intake.estimatedInputTokens : request.estimatedInputTokens
        var query = Query(
            named: naming.model, operation: intake.operation, estimatedInputTokens: tokens, now: loop.now)
        query.isFromPool = naming.isFromPool
        query.policy = snapshot.settings.policy
        query.policy.heed(intake.caller)
        if !intake.operation.isGenerative {
            query.assumedOutputTokens = 0
        } else if let limit = request.outputTokensMax {
            query.assumedOutputTokens = limit
        }
        return query
    }

    /// What the client named; its turn is over then.
    private func naming(of request: ChatRequest, _ body: Span<UInt8>, _ intake: Intake) -> Naming {
        if request.model.isEmpty { return Naming() }
        let found: Naming
        if request.modelHasEscapes {
            let name = loop.blocks.take()
            request.writeModel(from: body, into: &name.bytes)
            found = naming(name.bytes.bytes, intake)
            loop.blocks.give(name)
        } else {
            found = naming(body.extracting(request.model), intake)
        }
        turns.advance(past: found)
        return found
    }

    private func naming(_ name: Span<UInt8>, _ intake: Intake) -> Naming {
        Naming(
            name, for: intake.operation, in: snapshot,
            requestKey: intake.stickyKey.isEmpty ? intake.id.bytes : intake.stickyKey.span,
            keyID: snapshot.keys[intake.key].id, turns: turns)
    }

    /// Refuses a request that no exchange was opened for.
    private func refuse(
        _ error: ErrorBody, _ message: Span<UInt8>, _ intake: Intake, _ client: ClientConnection
    ) {
        let draft = loop.blocks.take()
        error.write(intake.surface, message: message, requestID: intake.id.bytes, into: &draft.bytes)
        logRefusal(error, intake.id)
        answerError(error.status, draft, intake.surface, intake.id, retryAfterMS: nil, client)
    }
}
