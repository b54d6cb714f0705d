using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Nua.Acceptance.Operating;

/// <summary>Writes notes as fast as they are taken, and remembers those that were acknowledged.</summary>
public sealed class NoteWriter : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<string> _acknowledged = [];
    private readonly Uri _notes;
    private readonly Task _writing;

    public NoteWriter(int port)
    {
        _notes = new Uri($"http://127.0.0.1:{port}/api/notes");
        _writing = Task.Run(WriteAsync);
    }

    public int Total { get; private set; }

    /// <summary>Nobody writes until what this gives is disposed.</summary>
    public async Task<IDisposable> PauseAsync()
    {
        await _turn.WaitAsync();
        return new Pause(_turn);
    }

    /// <summary>Forgets what was written: it is meant to be gone.</summary>
    public void Forget() => _acknowledged.Clear();

    /// <summary>While paused: acknowledged notes that the application does not have.</summary>
    /// <exception cref="HttpRequestException">It does not answer for half a minute.</exception>
    public async Task<IReadOnlyList<string>> MissingAsync()
    {
        for (var tries = 0; ; tries++)
        {
            HttpRequestException silent;
            try
            {
                using var answer = await _client.GetAsync(_notes);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    using var notes = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                    var there = notes.RootElement.EnumerateArray().Select(note => note.GetProperty("text").GetString()).ToHashSet();
                    return [.. _acknowledged.Where(text => !there.Contains(text))];
                }

                silent = new HttpRequestException($"the application answers {answer.StatusCode}");
            }
            catch (HttpRequestException failure)
            {
                // It was killed, and its supervisor has not noticed yet.
                silent = failure;
            }

            if (tries == 600)
            {
                throw silent;
            }

            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _writing.GetAwaiter().GetResult();
        _client.Dispose();
        _end.Dispose();
        _turn.Dispose();
    }

    private async Task WriteAsync()
    {
        for (var number = 1; !_end.IsCancellationRequested; number++)
        {
            await _turn.WaitAsync();
            try
            {
                using var content = new StringContent($$"""{"text":"note {{number}}"}""", Encoding.UTF8, "application/json");
                using var answer = await _client.PostAsync(_notes, content);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    _acknowledged.Add($"note {number}");
                    Total++;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or SocketException)
            {
                // Not acknowledged: it may be there or not.
            }
            finally
            {
                _turn.Release();
            }

            await Task.Delay(5);
        }
    }

    private sealed class Pause(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
