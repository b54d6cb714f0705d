using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Nua.Foundation;

namespace Nua.Registry.Credentials;

/// <summary>
/// A program <c>docker-credential-NAME</c> that keeps secrets (docker-credential-helpers). It gets what it needs on its
/// standard input, never as arguments, and has neither all the time nor all the memory of the world.
/// </summary>
internal sealed class CredentialHelper
{
    private const int MaxAnswer = 64 << 10;

    private readonly string _program;
    private readonly TimeSpan _timeLimit;

    /// <exception cref="ProblemException">NUA3632: not the name of a helper.</exception>
    public CredentialHelper(string name, TimeSpan timeLimit)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name[0] is '.' or '-')
        {
            throw new ProblemException(new Problem("NUA3632", $"'{Printable.Escape(name, 80)}' is not the name of a credential helper")
            {
                Remedy = "write, for example, \"pass\" for the program docker-credential-pass in 'credHelpers' or 'credsStore' of Docker's config.json",
            });
        }

        _program = "docker-credential-" + name;
        _timeLimit = timeLimit;
    }

    /// <summary>Null when it has none.</summary>
    /// <exception cref="ProblemException">NUA3633: it failed, hangs, or prints something else.</exception>
    public async Task<Credential?> GetAsync(string server, CancellationToken cancellation)
    {
        var (status, output) = await RunAsync("get", server, cancellation);
        if (status != 0)
        {
            return output.Contains("not found", StringComparison.OrdinalIgnoreCase) ? null : throw Failed(output.Trim());
        }

        try
        {
            using var document = JsonDocument.Parse(output, new JsonDocumentOptions { MaxDepth = 8 });
            var (user, secret) = (Text(document.RootElement, "Username"), Text(document.RootElement, "Secret"));
            return user is null || secret is null ? throw Failed("there is no 'Username' and 'Secret' in its answer")
                : user == "<token>" ? new Credential("", secret) { IsRefreshToken = true }
                : new Credential(user, secret);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Failed("its answer is not JSON");
        }
    }

    public async Task StoreAsync(string server, Credential credential, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ServerURL", server);
            json.WriteString("Username", credential.User);
            json.WriteString("Secret", credential.Secret);
            json.WriteEndObject();
        }

        var (status, output) = await RunAsync("store", Encoding.UTF8.GetString(buffer.ToArray()), cancellation);
        if (status != 0)
        {
            throw Failed(output.Trim());
        }
    }

    /// <returns>Whether it had any.</returns>
    public async Task<bool> EraseAsync(string server, CancellationToken cancellation) =>
        await GetAsync(server, cancellation) is not null && (await RunAsync("erase", server, cancellation)).Status == 0;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private async Task<(int Status, string Output)> RunAsync(string verb, string input, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_timeLimit);
        using var process = Start(verb);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            var drained = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            var buffer = new byte[MaxAnswer];
            var length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, limit.Token);
            if (length == MaxAnswer)
            {
                throw Failed($"it prints more than {MaxAnswer} bytes");
            }

            await drained;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"it did not end within {_timeLimit.TotalSeconds:0} seconds");
        }
        catch (IOException error)
        {
            throw Failed(error.Message);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start(string verb)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(_program, [verb])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception error)
        {
            throw Failed(error.Message);
        }
    }

    private ProblemException Failed(string why) => new(
        new Problem("NUA3633", $"the credential helper '{_program}' did not answer")
        {
            // What it prints may hold a secret when it is no error: only its beginning is shown, and only of failures.
            Why = Printable.Escape(why, 200),
            Remedy = "repair it, or take it out of 'credHelpers' and 'credsStore' in Docker's config.json",
        });
}
