// From a body to an exchange: the envelope opened, directives taken out, the model named, the policy put together.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Takes a request whose body stands plain and whole.
    func take(
        _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        if intake.surface == .native { return takeEnvelope(&intake, head, bytes, body, client) }
        heedDirectives(&intake, head, bytes, body, client)
    }

    private func takeEnvelope(
        _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
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
        let asides = intake.aside()
        asides.caller = envelope.policy
        asides.estimatedInputTokens = envelope.estimatedInputTokens
        asides.stickyKey = Array(copying: body.extracting(envelope.id))
        asides.form = envelope.form
        asides.caller.outputSchema = Array(copying: body.extracting(envelope.schema))
        heedDirectives(&intake, head, bytes, request.bytes.bytes, client)
    }

    private func heedDirectives(
        _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        if intake.operation == .chat, Directives.mayStand(in: body) {
            return takeDirectives(&intake, head, bytes, body, client)
        }
        admit(intake, head, bytes, body, client)
    }

    private func takeDirectives(
        _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: Span<UInt8>,
        _ client: ClientConnection
    ) {
        let directives = Directives(in: body)
        let asides = intake.aside()
        asides.caller.heed(directives.said.policy)
        if let fault = directives.said.faults.first {
            let isStrict = snapshot.settings.policy.isStrict || asides.caller.isStrict ?? false
            let error = ErrorBody(status: 400, type: "invalid_request_error", code: "invalid_directive")
            if intake.surface == .native, directives.said.hasBadSchema {
                return refuse(error, Span.of("invalid output_schema directive JSON"), intake, client)
            }
            if isStrict { return refuse(error, (Array("invalid directive: ".utf8) + fault).span, intake, client) }
            asides.noticeLines += directives.said.warningLine
        }
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
        let rules: OutputRules?
        do throws(JSONSchemaFault) {
            rules = try intake.asides?.outputRules(areHeeded: intake.surface == .native && !request.isStream)
        } catch {
            let fault = ErrorBody(status: 400, type: "invalid_request_error", code: "invalid_output_schema")
            return refuse(fault, Array(error.message.utf8).span, intake, client)
        }
        let exchange = open(intake, request, head, bytes, body, client)
        if let rules { exchange.outputRules = rules }
        if head.fields.contains(.te), request.isStream { exchange.takesTrailers = takesTrailers(head, bytes) }
        if let claim = intake.asides?.claim { admit(claim, to: exchange) }
        if let lines = intake.asides?.noticeLines, !lines.isEmpty { exchange.noticeLines = lines }
        exchange.record.isStream = request.isStream
        retries.earn()
        let naming = naming(of: exchange, body, intake)
        exchange.query = query(exchange, intake, naming)
        exchange.record.mode = exchange.query.policy.mode
        if let alias = naming.alias {
            exchange.alias = alias
            exchange.record.alias = Int32(alias)
        }
        let isThere = naming.model.map { exchange.snapshot.offers[$0].isEnabled } ?? false
        // Vectors of another model cannot stand in for those of the one that was meant.
        let needsNamed = operation.isBound || naming.isSaid && exchange.query.policy.isStrict
        if needsNamed, !isThere, !naming.isFromPool { return refuse(.unknownModel, exchange) }
        if !holdBudget(exchange) { return refuse(.budget, exchange) }
        attempt(exchange)
    }

    private func query(_ exchange: Exchange, _ intake: Intake, _ naming: Naming) -> Query {
        var query = Query(
            named: naming.model, operation: intake.operation,
            estimatedInputTokens: exchange.request.estimatedInputTokens, now: exchange.loop.now)
        query.isFromPool = naming.isFromPool
        query.policy = exchange.snapshot.settings.policy
        if let asides = intake.asides {
            if asides.estimatedInputTokens > 0 { query.estimatedInputTokens = asides.estimatedInputTokens }
            query.policy.heed(asides.caller)
        }
        if !intake.operation.isGenerative {
            query.assumedOutputTokens = 0
        } else if let limit = exchange.request.outputTokensMax {
            query.assumedOutputTokens = limit
        }
        return query
    }

    /// What the client named; its turn is over then.
    private func naming(of exchange: Exchange, _ body: Span<UInt8>, _ intake: Intake) -> Naming {
        let model = exchange.request.model
        if model.isEmpty { return Naming() }
        let found: Naming
        if exchange.request.modelHasEscapes {
            let name = exchange.loop.blocks.take()
            exchange.request.writeModel(from: body, into: &name.bytes)
            found = naming(name.bytes.bytes, exchange.snapshot, intake)
            exchange.loop.blocks.give(name)
        } else {
            found = naming(body.extracting(model), exchange.snapshot, intake)
        }
        turns.advance(past: found)
        return found
    }

    private func naming(_ name: Span<UInt8>, _ snapshot: Snapshot, _ intake: Intake) -> Naming {
        if let sticky = intake.asides?.stickyKey, !sticky.isEmpty {
            return naming(name, snapshot, intake, requestKey: sticky.span)
        }
        return naming(name, snapshot, intake, requestKey: intake.id.bytes)
    }

    private func naming(
        _ name: Span<UInt8>, _ snapshot: Snapshot, _ intake: Intake, requestKey: Span<UInt8>
    ) -> Naming {
        Naming(
            name, for: intake.operation, in: snapshot, requestKey: requestKey, keyID: snapshot.keys[intake.key].id,
            turns: turns)
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
