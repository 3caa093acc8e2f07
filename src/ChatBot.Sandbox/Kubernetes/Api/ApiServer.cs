using System.Text;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Every request, in the order of a real API server: who is it, may he, and then what he asks for. Faults come first.</summary>
internal sealed class ApiServer(
    ObjectReads reads,
    ObjectWrites writes,
    LogEndpoint logs,
    WatchStream watches,
    AccessReviews reviews,
    ControlPlane controlPlane,
    Tokens tokens,
    Rbac rbac,
    KubernetesFaults faults,
    Ledger ledger,
    TimeProvider time,
    CancellationToken stopping)
{
    public async Task ServeAsync(HttpContext http)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var exchange = new Exchange(http, ended.Token);
        try
        {
            await AnswerAsync(exchange);
        }
        catch (ApiRefusal refusal)
        {
            if (refusal.RetryAfterSeconds is { } seconds)
            {
                http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            await exchange.WriteAsync(refusal.ToStatus(), refusal.Code);
        }
        catch (ProxyPage page)
        {
            exchange.Begin(page.Code, "text/html");
            await http.Response.WriteAsync(ProxyPage.Html, ended.Token);
        }
        catch (Exception) when (ended.IsCancellationRequested || exchange.IsCut)
        {
            exchange.Note(ledger, time.GetUtcNow()); // before anybody can notice
            http.Abort(); // the client is gone, or is to believe that we are
        }
        finally
        {
            exchange.Note(ledger, time.GetUtcNow());
        }
    }

    private async Task AnswerAsync(Exchange exchange)
    {
        var http = exchange.Http;
        exchange.Request = ApiRequest.Read(http.Request);
        var fault = exchange.Request is { } known ? faults.Take(known) : null;
        if (fault is not null)
        {
            await exchange.SufferAsync(fault, faults, time);
        }

        var user = exchange.User = tokens.Of(http.Request);
        if (exchange.Request is not { } request)
        {
            var (document, contentType) = Discovery.Answer(http.Request, user);
            await exchange.WriteAsync(document, contentType: contentType);
            return;
        }

        rbac.Demand(user, request);
        switch (request.Verb)
        {
            case "get" when request.Subresource == "log":
                await logs.ServeAsync(exchange, request);
                break;
            case "get":
                await exchange.WriteAsync(reads.Get(request, Tables.AreWanted(http.Request)));
                break;
            case "list":
                await exchange.WriteAsync(reads.List(request, Tables.AreWanted(http.Request)));
                break;
            case "watch":
                await watches.ServeAsync(exchange, request);
                break;
            case "create" when request.Type.IsQuestion:
                await ReviewAsync(exchange, request, user);
                break;
            default:
                await WriteAsync(exchange, request, user, fault);
                break;
        }
    }

    private async Task ReviewAsync(Exchange exchange, ApiRequest request, ClusterUser user)
    {
        using var body = new MemoryStream();
        await exchange.Http.Request.Body.CopyToAsync(body, exchange.Ended);
        var isProtobuf = exchange.Http.Request.ContentType?.StartsWith(ProtobufReview.ContentType, StringComparison.Ordinal) ?? false;
        var review = isProtobuf
            ? ProtobufReview.Read(request.Type, body.GetBuffer().AsSpan(0, (int)body.Length))
            : PatchBody.Object(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
        await exchange.WriteAsync(reviews.Answer(request, user, review), StatusCodes.Status201Created);
    }

    private async Task WriteAsync(Exchange exchange, ApiRequest request, ClusterUser user, KubernetesFault? fault)
    {
        using var reader = new StreamReader(exchange.Http.Request.Body, Encoding.UTF8);
        var body = exchange.Body = await reader.ReadToEndAsync(exchange.Ended);
        var written = Write(request, user, exchange.Http.Request, body);
        exchange.Written = written;
        controlPlane.Settle();
        if (fault is { What: KubernetesFault.Kind.CutAfterEffect })
        {
            exchange.Cut();
        }

        var answer = request.Subresource == "scale" ? ScaleSubresource.Of(written.Answer) : written.Answer;
        await exchange.WriteAsync(answer, request.Verb == "create" ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private WriteResult Write(ApiRequest request, ClusterUser user, HttpRequest http, string body)
    {
        var writer = request.WriterOf(http);
        switch (request.Verb)
        {
            case "create":
                return writes.Create(request, user, PatchBody.Object(body), writer);
            case "update" when request.Subresource == "scale":
                return writes.Patch(request, user, current => ScaleSubresource.Onto(current, PatchBody.Object(body)), writer);
            case "update":
                return writes.Update(request, user, PatchBody.Object(body), writer);
            case "patch":
                var patch = PatchBody.Read(http.ContentType, body);
                return request.Subresource == "scale"
                    ? writes.Patch(request, user, current => ScaleSubresource.Onto(current, patch(ScaleSubresource.Of(current))), writer)
                    : writes.Patch(request, user, patch, writer);
            case "delete":
                return writes.Delete(request, body.Length == 0 ? null : PatchBody.Object(body));
            default:
                throw ApiRefusal.MethodNotAllowed();
        }
    }
}
