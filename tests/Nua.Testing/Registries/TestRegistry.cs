using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Nua.Oci;

namespace Nua.Testing.Registries;

/// <summary>
/// A registry in memory (distribution-spec), with faults on request. Honest by default: give it a <see cref="Script"/> to
/// lie, break and stall.
/// </summary>
public sealed class TestRegistry(string address = "127.0.0.1", X509Certificate2? certificate = null) : WireServer(address, certificate)
{
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _nextUpload;

    /// <summary>By repository and digest: <c>team/app@sha256:…</c>.</summary>
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    /// <summary>By repository and tag or digest: <c>team/app:1.0</c>, <c>team/app@sha256:…</c>.</summary>
    public ConcurrentDictionary<string, (string Type, byte[] Bytes)> Manifests { get; } = new(StringComparer.Ordinal);

    /// <summary>Turns the honest answer into another.</summary>
    public Func<TestRequest, TestAnswer, TestAnswer> Script { get; set; } = (_, answer) => answer;

    /// <summary>Answers in place of the registry, which then does nothing; null lets it.</summary>
    public Func<TestRequest, TestAnswer?> Instead { get; set; } = _ => null;

    /// <summary><c>USER:PASSWORD</c>, when it wants to know who asks.</summary>
    public string? BasicCredentials { get; set; }

    /// <summary>Where tokens are to be had, when it wants one.</summary>
    public string? Realm { get; set; }

    /// <summary>What a token must be.</summary>
    public string Token { get; set; } = "secret-token";

    /// <summary>Answers <c>/referrers/</c> and names the subject after a push (distribution-spec 1.1).</summary>
    public bool HasReferrers { get; set; }

    /// <summary>Entries of one page of a list of tags.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Larger pieces of an upload are refused with 413.</summary>
    public int LargestBody { get; set; } = int.MaxValue;

    public IEnumerable<TestRequest> RequestsFor(string part) => Requests.Where(request => request.Target.Contains(part, StringComparison.Ordinal));

    public void AddBlob(string repository, byte[] content) => Blobs[$"{repository}@{Digest.Sha256(content)}"] = content;

    public Digest AddManifest(string repository, string? tag, byte[] content, string type = MediaTypes.Manifest)
    {
        var digest = Digest.Sha256(content);
        Manifests[$"{repository}@{digest}"] = (type, content);
        if (tag is not null)
        {
            Manifests[$"{repository}:{tag}"] = (type, content);
        }

        return digest;
    }

    protected override TestAnswer Answer(TestRequest request)
    {
        TestAnswer answer;
        lock (_gate)
        {
            answer = Instead(request) ?? Refusal(request) ?? Honest(request);
        }

        return Script(request, answer);
    }

    private TestAnswer? Refusal(TestRequest request)
    {
        if (request.Path == "/token")
        {
            return null;
        }

        if (BasicCredentials is not null && request["authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(BasicCredentials)))
        {
            return Error(401, "UNAUTHORIZED").With("WWW-Authenticate", "Basic realm=\"test\"");
        }

        return Realm is not null && request["authorization"] != "Bearer " + Token
            ? Error(401, "UNAUTHORIZED").With("WWW-Authenticate", $"Bearer realm=\"{Realm}\",service=\"test\"")
            : null;
    }

    private TestAnswer Honest(TestRequest request)
    {
        if (request.Path == "/token")
        {
            return new TestAnswer(200, $$"""{"token":"{{Token}}"}""");
        }

        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["v2"])
        {
            return new TestAnswer(200, "{}");
        }

        return parts switch
        {
            ["v2", .. var name, "manifests", var reference] => Manifest(request, string.Join('/', name), reference),
            ["v2", .. var name, "blobs", "uploads"] => Begin(request, string.Join('/', name)),
            ["v2", .. var name, "blobs", "uploads", var id] => Upload(request, string.Join('/', name), id),
            ["v2", .. var name, "blobs", var digest] => Blob(request, $"{string.Join('/', name)}@{digest}"),
            ["v2", .. var name, "tags", "list"] => Tags(request, string.Join('/', name)),
            ["v2", .. var name, "referrers", var digest] when HasReferrers => Referrers(string.Join('/', name), digest),
            _ => Error(404, "NOT_FOUND"),
        };
    }

    private TestAnswer Manifest(TestRequest request, string name, string reference)
    {
        var key = name + (reference.Contains(':', StringComparison.Ordinal) ? '@' : ':') + reference;
        if (request.Method == "PUT")
        {
            var digest = AddManifest(name, null, request.Body, request["content-type"]!);
            Manifests[key] = (request["content-type"]!, request.Body);
            var created = new TestAnswer(201).With("Location", $"/v2/{name}/manifests/{digest}").With("Docker-Content-Digest", digest.ToString());
            return HasReferrers && SubjectOf(request.Body) is { } subject ? created.With("OCI-Subject", subject) : created;
        }

        return Manifests.TryGetValue(key, out var found)
            ? new TestAnswer(200, found.Bytes).With("Content-Type", found.Type).With("Docker-Content-Digest", Digest.Sha256(found.Bytes).ToString())
            : Error(404, "MANIFEST_UNKNOWN");
    }

    private TestAnswer Blob(TestRequest request, string key)
    {
        if (!Blobs.TryGetValue(key, out var content))
        {
            return Error(404, "BLOB_UNKNOWN");
        }

        var answer = new TestAnswer(200, content).With("Docker-Content-Digest", key.Split('@')[1]);
        if (request["range"] is { } range && request.Method == "GET")
        {
            var from = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            return from >= content.Length ? Error(416, "RANGE") : (answer with { Status = 206, Body = content[from..] })
                .With("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}");
        }

        return answer;
    }

    private TestAnswer Begin(TestRequest request, string name)
    {
        if (request.Query("mount") is { } digest && request.Query("from") is { } from && Blobs.TryGetValue($"{from}@{digest}", out var content))
        {
            Blobs[$"{name}@{digest}"] = content;
            return new TestAnswer(201).With("Location", $"/v2/{name}/blobs/{digest}");
        }

        var id = $"{++_nextUpload}";
        _uploads[id] = [];
        return Accepted(name, id);
    }

    private TestAnswer Upload(TestRequest request, string name, string id)
    {
        if (!_uploads.TryGetValue(id, out var received))
        {
            return Error(404, "BLOB_UPLOAD_UNKNOWN");
        }

        switch (request.Method)
        {
            case "GET":
                return Accepted(name, id) with { Status = 204 };
            case "DELETE":
                _uploads.Remove(id, out _);
                return new TestAnswer(204);
            case "PATCH" when request.Body.Length > LargestBody:
                return Error(413, "SIZE_INVALID");
            case "PATCH" when request["content-range"] is { } range && long.Parse(range.Split('-')[0]) != received.Length:
                return Accepted(name, id) with { Status = 416 };
            case "PATCH":
                _uploads[id] = [.. received, .. request.Body];
                return Accepted(name, id);
            case "PUT":
                byte[] content = [.. received, .. request.Body];
                if (request.IsCut)
                {
                    _uploads[id] = content;
                    return new TestAnswer(500);
                }

                var digest = Digest.Sha256(content).ToString();
                if (request.Query("digest") != digest)
                {
                    return Error(400, "DIGEST_INVALID");
                }

                Blobs[$"{name}@{digest}"] = content;
                _uploads.Remove(id, out _);
                return new TestAnswer(201).With("Location", $"/v2/{name}/blobs/{digest}").With("Docker-Content-Digest", digest);
            default:
                return Error(405, "UNSUPPORTED");
        }
    }

    private TestAnswer Accepted(string name, string id) => new TestAnswer(202)
        .With("Location", $"/v2/{name}/blobs/uploads/{id}?_state={_uploads[id].Length}%3D")
        .With("Range", $"0-{Math.Max(0, _uploads[id].Length - 1)}");

    private TestAnswer Tags(TestRequest request, string name)
    {
        var last = request.Query("last") ?? "";
        var all = Manifests.Keys.Where(key => key.StartsWith(name + ":", StringComparison.Ordinal)).Select(key => key[(name.Length + 1)..])
            .Where(tag => string.CompareOrdinal(tag, last) > 0).Order(StringComparer.Ordinal).ToList();
        var page = all.Take(PageSize).ToList();
        var answer = new TestAnswer(200, $$"""{"name":"{{name}}","tags":[{{string.Join(',', page.Select(tag => $"\"{tag}\""))}}]}""");
        return all.Count > page.Count ? answer.With("Link", $"</v2/{name}/tags/list?last={page[^1]}>; rel=\"next\"") : answer;
    }

    private TestAnswer Referrers(string name, string digest)
    {
        var entries = Manifests.Where(entry => entry.Key.StartsWith(name + "@", StringComparison.Ordinal) && SubjectOf(entry.Value.Bytes) == digest)
            .Select(entry => ImageManifest.Parse(entry.Value.Bytes, "test") is var manifest
                ? Descriptor.Of(MediaTypes.Manifest, entry.Value.Bytes) with
                {
                    ArtifactType = manifest.ArtifactType ?? manifest.Config.MediaType,
                    Annotations = manifest.Annotations,
                }
                : null!)
            .OrderBy(entry => entry.Digest).ToList();
        return new TestAnswer(200, new ImageIndex(entries).ToBytes()).With("Content-Type", MediaTypes.Index);
    }

    private static string? SubjectOf(byte[] manifest)
    {
        using var document = System.Text.Json.JsonDocument.Parse(manifest);
        return document.RootElement.TryGetProperty("subject", out var subject) ? subject.GetProperty("digest").GetString() : null;
    }

    private static TestAnswer Error(int status, string code) =>
        new(status, $$"""{"errors":[{"code":"{{code}}","message":"as the test says"}]}""");
}
