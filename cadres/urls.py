# Pages follow.
app_name = "cadres"
urlpatterns: list = []
