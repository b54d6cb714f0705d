using System.Net;
using System.Net.Sockets;

namespace Nua.Acceptance.Running;

/// <summary>Asks applications over HTTP.</summary>
public static class Web
{
    private static readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>A port that nobody uses at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks until there is an answer; what it says, whatever its status.</summary>
    /// <param name="hasEnded">Stops the waiting: who should answer is gone.</param>
    public static async Task<string> AskAsync(int port, string path, Func<bool>? hasEnded = null)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
                return await response.Content.ReadAsStringAsync();
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or SocketException)
            {
                if (tries > 300 || hasEnded?.Invoke() == true)
                {
                    throw;
                }

                await Task.Delay(100);
            }
        }
    }

    public static async Task<string> SendAsync(HttpMethod method, int port, string path, string json)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{port}{path}"))
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await _client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
