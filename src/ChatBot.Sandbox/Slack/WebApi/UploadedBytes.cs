using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ChatBot.Sandbox.Slack;

/// <summary>The bytes posted to an upload URL: as they are, or as the first part of a multipart form (Bolt does so).</summary>
internal static class UploadedBytes
{
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var body = request.Body;
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            // Not by ReadFormAsync: it takes a part without a file name for text.
            var parts = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), request.Body);
            body = (await parts.ReadNextSectionAsync(cancellationToken))?.Body ?? Stream.Null;
        }

        await body.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
