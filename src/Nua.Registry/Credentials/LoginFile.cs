using System.Text;
using System.Text.Json;
using Nua.Foundation.Durable;

namespace Nua.Registry.Credentials;

/// <summary>Writes credentials where Docker's <c>config.json</c> says that they are kept. What else is in the file stays as it is.</summary>
public sealed class LoginFile(DockerConfig config, TimeSpan helperTime)
{
    private const uint Private = 0x180;

    /// <summary>Keeps the credential, durably; readable by nobody else.</summary>
    /// <returns>Where it is kept now, for a message.</returns>
    public async Task<string> AddAsync(string host, Credential credential, CancellationToken cancellation)
    {
        using var document = config.Read();
        if (document is not null && DockerConfig.HelperFor(document.RootElement, host) is { } helper)
        {
            await new CredentialHelper(helper, helperTime).StoreAsync(host, credential, cancellation);
            return $"docker-credential-{helper}";
        }

        Change(host, json =>
        {
            json.WriteStartObject(host);
            json.WriteString("auth", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Secret}")));
            json.WriteEndObject();
        });
        return config.Path;
    }

    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string host, CancellationToken cancellation)
    {
        using var document = config.Read();
        if (document is null)
        {
            return false;
        }

        var wasHelped = DockerConfig.HelperFor(document.RootElement, host) is { } helper
            && await new CredentialHelper(helper, helperTime).EraseAsync(host, cancellation);
        var wasWritten = DockerConfig.Member(document.RootElement, "auths") is { } auths
            && auths.EnumerateObject().Any(auth => DockerConfig.IsFor(auth.Name, host));
        if (wasWritten)
        {
            Change(host, _ => { });
        }

        return wasHelped || wasWritten;
    }

    private void Change(string host, Action<Utf8JsonWriter> add)
    {
        // Through a symbolic link to the file itself: people keep such files elsewhere.
        var link = File.Exists(config.Path) ? File.ResolveLinkTarget(config.Path, returnFinalTarget: true) : null;
        var target = link?.FullName ?? Path.GetFullPath(config.Path);
        DurableFile.CreateDirectory(Path.GetDirectoryName(target)!, mode: 0x1C0);
        using var _ = FileLock.Exclusive(target + ".lock");
        using var document = config.Read();
        DurableFile.Replace(target, Bytes(document?.RootElement, host, add), Private);
    }

    private static byte[] Bytes(JsonElement? root, string host, Action<Utf8JsonWriter> add)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("auths");
            if (root is { } old && DockerConfig.Member(old, "auths") is { } auths)
            {
                foreach (var auth in auths.EnumerateObject().Where(auth => !DockerConfig.IsFor(auth.Name, host)))
                {
                    auth.WriteTo(json);
                }
            }

            add(json);
            json.WriteEndObject();
            foreach (var property in root?.EnumerateObject().Where(property => property.Name != "auths") ?? [])
            {
                property.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }
}
